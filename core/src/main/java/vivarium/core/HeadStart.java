package vivarium.core;

import java.util.ServiceLoader;
import org.slf4j.LoggerFactory;
import vivarium.api.isa.InstructionSet;
import vivarium.core.memory.MachineMemory;

/**
 * What the first machine of a process needs and the JVM takes long over: a tenth of a second, in
 * which the command line can be read. It is begun on threads of its own, and is only earlier than
 * it would have been: what fails here fails again, and is told, where it is needed.
 */
public final class HeadStart {
  private HeadStart() {}

  /** Begins; for a process that is about to make its first machine. Returns at once. */
  public static void begin() {
    meanwhile("link", MachineMemory::prepare);
    meanwhile("read", HeadStart::readInstructionSets);
  }

  private static void meanwhile(String name, Runnable work) {
    Thread.ofPlatform()
        .daemon()
        .name(name)
        .uncaughtExceptionHandler((thread, failure) -> {})
        .start(work);
  }

  /** Those of the host's own module path, where the launcher puts the product's plugins. */
  private static void readInstructionSets() {
    LoggerFactory.getILoggerFactory();
    ClassLoader loader = HeadStart.class.getClassLoader();
    for (InstructionSet isa : ServiceLoader.load(InstructionSet.class, loader)) {
      isa.table().invoker();
    }
  }
}

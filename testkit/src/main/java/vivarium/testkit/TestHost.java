package vivarium.testkit;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import vivarium.api.VivariumException;
import vivarium.api.cpu.CodeMemory;
import vivarium.api.cpu.HostPowers;

/** A host that refuses executable memory, as some do. */
public final class TestHost implements HostPowers {
  /** The one. */
  public static final TestHost INSTANCE = new TestHost();

  private TestHost() {}

  @Override
  public CodeMemory codeMemory(long bytes) {
    throw new VivariumException("this host refuses executable memory");
  }

  @Override
  public MemorySegment tables(long bytes) {
    return Arena.ofAuto().allocate(bytes, 64);
  }

  /** Nothing is in common here: each that asks has its own. */
  @Override
  public <T extends AutoCloseable> T common(Object key, Function<HostPowers, T> maker) {
    return maker.apply(this);
  }
}

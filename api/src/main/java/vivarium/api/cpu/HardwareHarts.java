package vivarium.api.cpu;

import vivarium.api.isa.InstructionSet;

/**
 * Harts of the host that can be lent to direct execution, by a name for {@code --set
 * cpu.hart=NAME}. Provided by plugins; one instance per JVM, stateless. The harts that the core
 * makes in software of the CPU strategies there are need no provider.
 */
public interface HardwareHarts {
  /** The name by which they are chosen. */
  String name();

  /** One line for {@code vivarium plugins}. */
  String description();

  /**
   * Why this host's harts cannot execute code of an instruction set, in a few words; empty if they
   * can. Asked when a machine is assembled.
   */
  String refusal(InstructionSet instructionSet);

  /**
   * Makes a hart for a virtual one; only where there is no {@linkplain #refusal refusal}.
   *
   * @throws vivarium.api.VivariumException in one line, if the host does not give one after all
   */
  HardwareHart create(CpuEnvironment environment);
}

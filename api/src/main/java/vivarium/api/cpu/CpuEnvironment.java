package vivarium.api.cpu;

import java.util.Map;
import vivarium.api.isa.Hart;
import vivarium.api.isa.InstructionSet;
import vivarium.api.memory.GuestMemory;

/**
 * What the core lends to an engine.
 *
 * @param instructionSet the table to execute by
 * @param hart the state
 * @param memory guest-physical memory, for code watching and TLB fills
 * @param host executable memory
 * @param options what the user set for the strategy, name to value
 * @param resting whether the machine hardly runs: then what an engine occupies, and what of the
 *     host's caches a short run takes, counts more than how fast a long one is
 */
public record CpuEnvironment(
    InstructionSet instructionSet,
    Hart hart,
    GuestMemory memory,
    HostPowers host,
    Map<String, String> options,
    boolean resting) {
  /** Copies the options. */
  public CpuEnvironment {
    options = Map.copyOf(options);
  }

  /** For a machine that does not rest. */
  public CpuEnvironment(
      InstructionSet instructionSet,
      Hart hart,
      GuestMemory memory,
      HostPowers host,
      Map<String, String> options) {
    this(instructionSet, hart, memory, host, options, false);
  }
}

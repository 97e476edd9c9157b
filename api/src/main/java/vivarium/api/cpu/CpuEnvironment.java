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
 */
public record CpuEnvironment(
    InstructionSet instructionSet,
    Hart hart,
    GuestMemory memory,
    HostPowers host,
    Map<String, String> options) {
  /** Copies the options. */
  public CpuEnvironment {
    options = Map.copyOf(options);
  }
}

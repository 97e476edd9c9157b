package vivarium.api.cpu;

/**
 * What the thread of a virtual processor is busy with, for {@link Counters#begin}. Coarse, because
 * it is noted at every change.
 */
public enum Activity {
  /** Not running this virtual processor: waiting, timers, other processors. */
  OUTSIDE,
  /** The guest's own instructions, and the engine's way from block to block. */
  GUEST,
  /** Privileged instructions, and instructions executed alone. */
  INSTRUCTION,
  /** TLB misses, walks, page tables of the guest and of the monitor. */
  MEMORY,
  /** Device registers. */
  DEVICE,
  /** Decoding and translating code. */
  CODE
}

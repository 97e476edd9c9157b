package vivarium.api.isa;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * A virtual processor's registers, pc, step budget and attention word in off-heap memory of a
 * published layout: what every engine starts from and leaves behind, and what emitted machine code
 * addresses directly.
 *
 * <p>Between two {@code run} calls it is, together with the CSRs in {@link Hart}, the whole truth
 * about the hart. While an engine runs, it may hold registers elsewhere; before any call of an
 * opaque method or slow path it has stored {@link #BUDGET}, so that {@link #steps()} is exact.
 *
 * <p>All but {@link #requestAttention} belongs to the hart's own thread.
 */
public final class HartBlock {
  /** Size of a block in bytes; the part from {@link #ENGINE} on is for engines. */
  public static final int BYTES = 4096;

  /** Byte offset of register 0; register {@code i} of the hart is at {@code REGISTERS + 8 * i}. */
  public static final int REGISTERS = 0;

  /** Most registers a hart can have, all banks together. */
  public static final int MAX_REGISTERS = 96;

  /** Byte offset of the address of the next instruction (64 bits). */
  public static final int PC = 768;

  /** Byte offset of the steps left in this run (64 bits, signed). */
  public static final int BUDGET = 776;

  /** Byte offset of the step count at which {@link #BUDGET} will be zero (64 bits). */
  public static final int STEP_LIMIT = 784;

  /** Byte offset of the attention word (32 bits): the {@code ATTENTION_*} bits. */
  public static final int ATTENTION = 792;

  /** Byte offset of the host address that LR reserved (64 bits); {@code 0} when there is none. */
  public static final int RESERVATION = 800;

  /** Byte offset of the value that LR read (64 bits). */
  public static final int RESERVED_VALUE = 808;

  /** Byte offset of the area that the current engine may use as it likes. */
  public static final int ENGINE = 1024;

  /** Attention: an interrupt may have become deliverable; {@link Hart#takeInterrupt} decides. */
  public static final int ATTENTION_INTERRUPT = 1;

  /** Attention: the hart waits for an interrupt. */
  public static final int ATTENTION_WAIT = 2;

  /** Attention: the monitor wants the thread back, whatever the budget. */
  public static final int ATTENTION_STOP = 4;

  /** Attention: address translation or {@link Hart#ready()} changed under the running code. */
  public static final int ATTENTION_CONTEXT = 8;

  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  /**
   * All memory, as a segment that HotSpot knows to be there: every exit of an engine reads and
   * writes a dozen words, and checks of an exact segment cost three times as much as the words. No
   * offset leaves the block: all are constants but those of registers, which are checked.
   */
  private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private final MemorySegment memory;
  private final long address;

  /**
   * Takes over a zeroed, 64-byte aligned piece of native memory.
   *
   * @param memory exactly {@link #BYTES} long
   */
  public HartBlock(MemorySegment memory) {
    if (memory.byteSize() != BYTES || !memory.isNative()) {
      throw new IllegalArgumentException("a hart block is " + BYTES + " bytes of native memory");
    }
    this.memory = memory;
    address = memory.address();
  }

  private long get(int offset) {
    return ALL.get(LONG, address + offset);
  }

  private void set(int offset, long value) {
    ALL.set(LONG, address + offset, value);
  }

  /** The whole block. */
  public MemorySegment segment() {
    return memory;
  }

  /** A register by its index over all banks. */
  public long register(int index) {
    return get(REGISTERS + 8 * Objects.checkIndex(index, MAX_REGISTERS));
  }

  /** Sets a register by its index over all banks. */
  public void setRegister(int index, long value) {
    set(REGISTERS + 8 * Objects.checkIndex(index, MAX_REGISTERS), value);
  }

  /** The address of the next instruction. */
  public long pc() {
    return get(PC);
  }

  /** Sets the address of the next instruction. */
  public void setPc(long pc) {
    set(PC, pc);
  }

  /** Steps left in this run. */
  public long budget() {
    return get(BUDGET);
  }

  /** Sets the steps left; {@link #steps()} changes with it, which is how an engine counts. */
  public void setBudget(long steps) {
    set(BUDGET, steps);
  }

  /** Begins a run of at most {@code budget} steps, keeping {@link #steps()}. */
  public void grantBudget(long budget) {
    long now = steps();
    set(STEP_LIMIT, now + budget);
    setBudget(budget);
  }

  /**
   * Steps since the hart was made. A step is one instruction, retired or trapping; taking an
   * interrupt is none.
   */
  public long steps() {
    return get(STEP_LIMIT) - budget();
  }

  /** The attention bits. */
  public int attention() {
    return (int) INT.getOpaque(ALL, address + ATTENTION);
  }

  /** Sets attention bits; from any thread. */
  public void requestAttention(int bits) {
    INT.getAndBitwiseOr(ALL, address + ATTENTION, bits);
  }

  /** Clears attention bits; the hart's own thread, before it looks at what they stand for. */
  public void clearAttention(int bits) {
    INT.getAndBitwiseAnd(ALL, address + ATTENTION, ~bits);
  }

  /** The host address that LR reserved, or 0. */
  public long reservation() {
    return get(RESERVATION);
  }

  /** The value LR read. */
  public long reservedValue() {
    return get(RESERVED_VALUE);
  }

  /** Notes what LR reserved and read; address 0 gives the reservation up. */
  public void reserve(long hostAddress, long value) {
    set(RESERVATION, hostAddress);
    set(RESERVED_VALUE, value);
  }
}

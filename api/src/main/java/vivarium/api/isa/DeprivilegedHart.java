package vivarium.api.isa;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.HartEvent;
import vivarium.api.memory.Access;
import vivarium.api.memory.TranslationContext;

/**
 * What an engine is given as its hart when it is to be a hart in software for direct execution
 * ({@link vivarium.api.cpu.SoftwareHart}): user mode, for good. It shares registers, memory and
 * floating-point unit with the virtual hart. Everything that comes to a hart's privileged side ends
 * the engine's run instead, with the reason kept here: privileged instructions, which {@link
 * vivarium.api.cpu.Stepper} brings; exceptions; interrupts; accesses to what the monitor keeps.
 *
 * <p>To end a run, the budget is taken away: every engine looks at it after a trap and after each
 * instruction executed alone. It is given back by {@link #left()}.
 *
 * <p>The hart's own thread.
 */
public final class DeprivilegedHart extends Hart {
  private final Hart guest;
  private final Hart user;
  private final HartBlock block;
  private @Nullable HartEvent event;
  private @Nullable Decoded instruction;
  private boolean interrupted;
  private long cause;
  private long value;
  private long stepsLeft;

  /**
   * Makes a hart.
   *
   * @param guest the virtual hart
   * @param user what unprivileged instructions are told is their hart, from {@link
   *     InstructionSet#createUserHart}
   */
  public DeprivilegedHart(Hart guest, Hart user) {
    super(guest);
    this.guest = guest;
    this.user = user;
    block = guest.block();
  }

  /** A run begins. */
  public void enter() {
    event = null;
    interrupted = false;
  }

  /**
   * The run is over: gives the engine's budget back.
   *
   * @return why, or {@code null} if the engine ended it for a reason of its own
   */
  public @Nullable HartEvent left() {
    if (interrupted) {
      block.requestAttention(HartBlock.ATTENTION_INTERRUPT);
    }
    if (event != null) {
      block.setBudget(stepsLeft);
    }
    return event;
  }

  /** The instruction that came to the monitor last. */
  public @Nullable Decoded instruction() {
    return instruction;
  }

  /** The cause of the exception that came to the monitor last. */
  public long cause() {
    return cause;
  }

  /** What goes with the cause. */
  public long value() {
    return value;
  }

  /** The hart that methods of unprivileged instructions are given. */
  public Hart user() {
    return user;
  }

  /**
   * An instruction is about to be executed alone.
   *
   * @return whether it is privileged: the run is over then, and it must not be executed
   */
  public boolean traps(Decoded decoded, long pc) {
    if (!decoded.instruction().privileged()) {
      return false;
    }
    instruction = decoded;
    leave(HartEvent.INSTRUCTION, pc, block.budget());
    return true;
  }

  /** An instruction, executed alone, wants an access that the monitor keeps from the hart. */
  public void wantsAccess(Decoded decoded, long pc) {
    instruction = decoded;
    leave(HartEvent.ACCESS, pc, block.budget());
  }

  private void leave(HartEvent why, long pc, long left) {
    event = why;
    stepsLeft = left;
    block.setPc(pc);
    block.setBudget(0);
  }

  @Override
  public void enterTrap(Trap trap, long pc) {
    cause = trap.cause();
    value = trap.value();
    leave(HartEvent.EXCEPTION, pc, block.budget() + 1);
  }

  @Override
  public boolean takeInterrupt() {
    interrupted = true;
    if (event == null) {
      leave(HartEvent.INTERRUPT, block.pc(), block.budget());
    }
    return true;
  }

  @Override
  public boolean wakes() {
    return guest.wakes();
  }

  @Override
  public int ready() {
    return guest.ready();
  }

  @Override
  public void makeReady(Decoded unready) throws Trap {
    guest.makeReady(unready);
  }

  @Override
  public void setInterrupt(int number, boolean level) {
    guest.setInterrupt(number, level);
  }

  @Override
  public String mode() {
    return user.mode();
  }

  /** The virtual hart is reset, not this one. */
  @Override
  public void reset() {
    enter();
  }

  @Override
  public int physicalPermissions(TranslationContext context, long gpa, long length) {
    return guest.physicalPermissions(context, gpa, length);
  }

  @Override
  public Trap pageFault(Access access, long va) {
    return guest.pageFault(access, va);
  }

  @Override
  public Trap accessFault(Access access, long va) {
    return guest.accessFault(access, va);
  }

  @Override
  public Trap misaligned(Access access, long va) {
    return guest.misaligned(access, va);
  }

  @Override
  public Trap illegal(int bits) {
    return guest.illegal(bits);
  }

  @Override
  public Map<String, Long> controlRegisters() {
    return guest.controlRegisters();
  }
}

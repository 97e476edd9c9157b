package vivarium.isa.riscv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import vivarium.api.isa.HartBlock;
import vivarium.api.isa.Trap;
import vivarium.testkit.RiscvDialect;
import vivarium.testkit.TestMachine;

/** A machine of one hart, with registers by name. */
public final class TestHart {
  public static final int U = 0;
  public static final int S = 1;
  public static final int M = 3;
  public static final long RAM = TestMachine.RAM_BASE;

  public final TestMachine machine = new TestMachine(new RiscvInstructionSet(), 1, 8 << 20);
  public final RiscvHart hart = (RiscvHart) machine.hart();
  private final RiscvDialect names = new RiscvDialect();

  /** A hart in M-mode, with all memory open to S and U. */
  public TestHart() {
    write("pmpaddr0", -1);
    write("pmpcfg0", 0x1f);
    hart.block().setPc(RAM);
    hart.block().clearAttention(-1);
  }

  public int number(String csr) {
    return (int) names.symbol(csr).orElseThrow();
  }

  public long read(String csr) {
    return hart.readCsr(number(csr));
  }

  public void write(String csr, long value) {
    hart.writeCsr(number(csr), value);
  }

  public long set(String csr, long bits) {
    return hart.setCsr(number(csr), bits);
  }

  public long clear(String csr, long bits) {
    return hart.clearCsr(number(csr), bits);
  }

  /** What remains of a value after a round trip. */
  public long roundTrip(String csr, long value) {
    write(csr, value);
    return read(csr);
  }

  /** Goes from M to a mode by mret, and stays at the pc. */
  public void enter(int mode) {
    long pc = hart.block().pc();
    clear("mstatus", 3 << 11);
    set("mstatus", (long) mode << 11);
    write("mepc", pc);
    hart.machineReturn();
  }

  public long pc() {
    return hart.block().pc();
  }

  public long x(int register) {
    return hart.block().register(register);
  }

  public void setX(int register, long value) {
    hart.block().setRegister(register, value);
  }

  /** Whether some attention bits are set; clears them. */
  public boolean attention(int bits) {
    boolean set = (hart.block().attention() & bits) != 0;
    hart.block().clearAttention(bits);
    return set;
  }

  public boolean interruptAttention() {
    return attention(HartBlock.ATTENTION_INTERRUPT);
  }

  /** Asserts that an action raises a trap. */
  public static void assertTrap(long cause, Runnable action) {
    Trap trap = catchThrowableOfType(Trap.class, action::run);
    assertThat(trap).as("a trap").isNotNull();
    assertThat(trap.cause()).isEqualTo(cause);
  }

  public static void assertIllegal(Runnable action) {
    assertTrap(2, action);
  }

  /** Takes a trap of a cause at the pc. */
  public void trap(long cause, long value) {
    hart.enterTrap(
        switch ((int) cause) {
          case 2 -> hart.illegal((int) value);
          case 13 -> hart.pageFault(vivarium.api.memory.Access.LOAD, value);
          case 15 -> hart.pageFault(vivarium.api.memory.Access.STORE, value);
          case 5 -> hart.accessFault(vivarium.api.memory.Access.LOAD, value);
          default -> throw new IllegalArgumentException("cause " + cause);
        },
        pc());
  }
}

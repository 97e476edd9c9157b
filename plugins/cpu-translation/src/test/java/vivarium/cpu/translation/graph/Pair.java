package vivarium.cpu.translation.graph;

import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import vivarium.api.cpu.Stepper;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.RegisterBank;
import vivarium.api.isa.Trap;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.testkit.TestMachine;

/**
 * Two equal machines: one executes instructions by their methods, the other by graphs. The data
 * page is where registers that are to be addresses point.
 */
public final class Pair {
  public static final InstructionSet ISA = new RiscvInstructionSet();
  public static final int REGISTERS = 64;
  public static final long CODE = TestMachine.RAM_BASE;
  static final long DATA = TestMachine.RAM_BASE + 0x10000;
  static final int DATA_BYTES = 8192;
  public static final int ALL_UNITS = -1;
  private static final long[] EDGES = {
    0,
    1,
    2,
    -1,
    -2,
    31,
    32,
    63,
    64,
    127,
    128,
    255,
    0x7fff,
    0x8000,
    0xffff,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    0x8000_0000L,
    0xffff_ffffL,
    0x1_0000_0000L,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1,
    0x7ff0_0000_0000_0000L,
    0xfff0_0000_0000_0000L,
    0x7ff8_0000_0000_0000L,
    0x7ff0_0000_0000_0001L,
    0x3ff0_0000_0000_0000L,
    0x0010_0000_0000_0000L,
    0xffff_ffff_3f80_0000L,
    0xffff_ffff_7f80_0000L,
    0xffff_ffff_ff80_0000L,
    0xffff_ffff_7f80_0001L,
    0xffff_ffff_7fc0_0000L,
    0xffff_ffff_0000_0001L,
    0xffff_ffff_8000_0000L,
    0x43e0_0000_0000_0000L,
    0xffff_ffff_5f00_0000L,
  };

  public final TestMachine byMethod = new TestMachine(ISA, 1, 1 << 20);
  public final TestMachine byGraph = new TestMachine(ISA, 1, 1 << 20);
  private final GraphInterpreter interpreter = new GraphInterpreter(byGraph.hart(), REGISTERS);
  private final Stepper stepper = new Stepper(ISA, byMethod.hart(), byMethod.memory());
  private final Templates templates = Templates.of(ISA.table());

  public Pair() {
    for (TestMachine machine : new TestMachine[] {byMethod, byGraph}) {
      machine.hart().reset();
      var hart = (vivarium.isa.riscv.RiscvHart) machine.hart();
      hart.writeCsr(0x300, 3 << 13);
      hart.block().clearAttention(-1);
    }
  }

  Templates templates() {
    return templates;
  }

  public TraceBuilder builder(int maxSteps) {
    return new TraceBuilder(ISA, templates, REGISTERS, maxSteps);
  }

  /**
   * Code without a translation between pc and memory.
   *
   * @param heads where traces begin
   */
  public CodeSource source(long... heads) {
    return new CodeSource() {
      @Override
      public long load(long gpa, int bytes) {
        return byGraph.memory().load(gpa, bytes);
      }

      @Override
      public long secondPage(long va) {
        return va;
      }

      @Override
      public boolean isHead(long gpa) {
        return LongStream.of(heads).anyMatch(head -> head == gpa);
      }
    };
  }

  public void putCode(long address, int bits, int length) {
    byMethod.memory().store(address, length, bits);
    byGraph.memory().store(address, length, bits);
  }

  void setRegister(int register, long value) {
    byMethod.hart().block().setRegister(register, value);
    byGraph.hart().block().setRegister(register, value);
  }

  public void setPc(long pc) {
    byMethod.hart().block().setPc(pc);
    byGraph.hart().block().setPc(pc);
  }

  /** Fills registers, memory and the floating-point state with what finds mistakes. */
  public void scramble(RandomGenerator random) {
    for (RegisterBank bank : ISA.banks()) {
      for (int i = bank.hardwiredZero() ? 1 : 0; i < bank.count(); i++) {
        setRegister(bank.firstIndex() + i, value(random));
      }
    }
    for (int offset = 0; offset < DATA_BYTES; offset += 8) {
      long value = value(random);
      byMethod.memory().store(DATA + offset, 8, value);
      byGraph.memory().store(DATA + offset, 8, value);
    }
    int mode = random.nextInt(5);
    int flags = random.nextInt(4) == 0 ? random.nextInt(32) : 0;
    for (TestMachine machine : new TestMachine[] {byMethod, byGraph}) {
      machine.hart().fpu().setRoundingMode(mode);
      machine.hart().fpu().setFlags(flags);
      machine.hart().block().reserve(0, 0);
    }
  }

  static long value(RandomGenerator random) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> EDGES[random.nextInt(EDGES.length)];
      case 3 -> random.nextInt();
      case 4 -> random.nextLong();
      case 5 -> random.nextLong() >>> random.nextInt(64);
      default -> DATA + (random.nextInt(DATA_BYTES / 8 - 600) + 300) * 8L;
    };
  }

  /**
   * Runs a graph on one machine and as many steps by methods on the other, and compares.
   *
   * @return instructions completed
   */
  int runBoth(Graph graph) {
    return runBoth(graph, () -> graph.steps(interpreter.run(graph)));
  }

  /**
   * The same with another engine.
   *
   * @param engine runs the graph's trace on {@link #byGraph} and says how many instructions were
   *     completed; or throws what an access threw, registers and pc being those before it
   */
  public int runBoth(Graph graph, java.util.function.IntSupplier engine) {
    int steps;
    try {
      steps = engine.getAsInt();
      step(steps);
      spend(steps);
    } catch (Trap trap) {
      long faulting = byGraph.hart().block().pc();
      steps = completedBefore(graph, faulting);
      step(steps);
      spend(steps);
      compare(graph);
      step(1);
      spend(1);
      byGraph.hart().enterTrap(trap, faulting);
    }
    compare(graph);
    return steps;
  }

  private static int completedBefore(Graph graph, long pc) {
    for (int step = 0; step < graph.stepCount(); step++) {
      if (graph.pc(step) == pc) {
        return step;
      }
    }
    throw new AssertionError("no instruction at " + Long.toHexString(pc));
  }

  private void spend(int steps) {
    HartBlock block = byGraph.hart().block();
    block.setBudget(block.budget() - steps);
  }

  private void step(int steps) {
    for (int i = 0; i < steps; i++) {
      stepper.step();
    }
  }

  private void compare(Graph graph) {
    Hart a = byMethod.hart();
    Hart b = byGraph.hart();
    for (int register = 0; register < REGISTERS; register++) {
      long expected = a.block().register(register);
      same(graph, "register " + register, expected, b.block().register(register));
    }
    same(graph, "pc", a.block().pc(), b.block().pc());
    same(graph, "flags", a.fpu().flags(), b.fpu().flags());
    same(graph, "csrs", a.controlRegisters(), b.controlRegisters());
    for (int i = 0; i < DATA_BYTES; i += 8) {
      long expected = byMethod.memory().load(DATA + i, 8);
      same(graph, "data at " + i, expected, byGraph.memory().load(DATA + i, 8));
    }
  }

  private static void same(Graph graph, String what, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError(what + ": " + actual + ", not " + expected + "\n" + graph);
    }
  }
}

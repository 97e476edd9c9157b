package vivarium.cpu.translation.bytecode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.Exit;
import vivarium.api.cpu.Stepper;
import vivarium.api.fp.Fpu;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.Invoker;
import vivarium.api.isa.Trap;
import vivarium.api.memory.CodeWatcher;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.LeaveBlock;
import vivarium.api.memory.Mmu;
import vivarium.api.memory.NearMemory;
import vivarium.cpu.translation.graph.Graph;

/**
 * Runs a hart by traces: finds the one for a pc, runs it cold or compiled, and does what it cannot
 * do: opaque instructions, traps, interrupts, instructions executed alone. While traces run, the
 * registers are in a Java array; they are in the hart block whenever anyone else can look.
 */
public final class BytecodeEngine implements CpuEngine, CodeWatcher {
  /** Steps between two looks at the attention word. */
  private static final long SLICE = 200_000;

  /** With less, and more in reserve, regions are not entered again. */
  private static final long LOW = RegionCode.SLACK + 2L * Graph.MAX_STEPS;

  private final Hart hart;
  private final HartBlock block;
  private final Mmu mmu;
  private final NearMemory near;
  private final Fpu fpu;
  private final GuestMemory memory;
  private final Stepper stepper;
  private final InstructionTable table;
  private final TraceFinder traces;
  private final ColdRunner cold;
  private final MemorySegment registers;
  private final long[] x = new long[HartBlock.MAX_REGISTERS];
  private final Frame frame = new Frame();
  private @Nullable RuntimeException thrown;

  /** Whether there is no code for the pc: what is there is {@link #at}. */
  private boolean stuck;

  /** The trace at the pc when {@link #stuck}, without steps; {@code null} if there can be none. */
  private @Nullable FlatTrace at;

  /** Makes an engine. */
  public BytecodeEngine(CpuEnvironment environment, BytecodeOptions options) {
    this(environment, options, RegionCompiler::compile, new Refusals());
  }

  /** As the other, with another compiler, for tests. */
  BytecodeEngine(
      CpuEnvironment environment,
      BytecodeOptions options,
      RegionQueue.Maker maker,
      Refusals refusals) {
    hart = environment.hart();
    block = hart.block();
    mmu = hart.mmu();
    near = mmu.near();
    fpu = hart.fpu();
    memory = environment.memory();
    table = environment.instructionSet().table();
    stepper = new Stepper(environment.instructionSet(), hart, memory);
    RegionQueue queue = new RegionQueue(maker, refusals, options.inBackground());
    traces = new TraceFinder(environment, options, queue);
    cold = new ColdRunner(mmu, fpu);
    registers = block.segment().asSlice(HartBlock.REGISTERS, 8L * HartBlock.MAX_REGISTERS);
    memory.addCodeWatcher(this);
    memory.addTlb(traces);
  }

  @Override
  public Exit run(long budget) {
    block.grantBudget(budget);
    traces.select();
    while (true) {
      if (block.attention() != 0) {
        Exit exit = stepper.attend();
        traces.select();
        if (exit != null) {
          return exit;
        }
      }
      if (block.budget() <= 0) {
        hart.counters().budgetExits++;
        return Exit.BUDGET_SPENT;
      }
      traces.collect();
      execute();
      afterwards();
    }
  }

  /**
   * Runs traces until something must be done outside, with all state in the hart block before and
   * after: {@link #thrown}, or {@link #stuck}, or nothing but looking at the budget.
   */
  private void execute() {
    long left = block.budget();
    long reserve = Math.max(0, left - SLICE);
    long least = reserve == 0 ? 0 : LOW;
    frame.budget = left - reserve;
    frame.pc = block.pc();
    thrown = null;
    at = traces.find(frame.pc);
    stuck = !runs(at);
    if (!stuck) {
      MemorySegment.copy(registers, ValueLayout.JAVA_LONG, 0, x, 0, x.length);
      do {
        Region region = traces.region(frame.pc);
        if (region != null && region.mayRun(frame.budget)) {
          run(region, reserve);
        } else {
          findAndRun(reserve);
        }
      } while (thrown == null && !stuck && frame.budget > least);
      MemorySegment.copy(x, 0, registers, ValueLayout.JAVA_LONG, 0, x.length);
    }
    block.setPc(frame.pc);
    block.setBudget(frame.budget + reserve);
  }

  private static boolean runs(@Nullable FlatTrace trace) {
    return trace != null && trace.steps > 0;
  }

  private void run(Region region, long reserve) {
    thrown = region.run(x, mmu, near, fpu, frame);
    if (thrown instanceof LeaveBlock && wentFar(region, reserve)) {
      thrown = null;
    }
  }

  private void findAndRun(long reserve) {
    FlatTrace trace = traces.find(frame.pc);
    if (trace == null || trace.steps == 0) {
      at = trace;
      stuck = true;
      return;
    }
    Region region = trace.region;
    if (region != null && region.mayRun(frame.budget)) {
      traces.enter(trace.pc, region);
      run(region, reserve);
    } else if (trace.steps <= frame.budget) {
      thrown = cold.run(trace, x, frame);
      traces.ranCold(trace, frame.pc);
    } else {
      thrown = cold.run(traces.beginning(trace, (int) frame.budget), x, frame);
    }
  }

  /**
   * A region was left for an access that is not near, if it is one that looks for those: makes it.
   *
   * @return whether it did, and all is well
   */
  private boolean wentFar(Region region, long reserve) {
    FlatTrace head = region.head;
    FlatTrace trace = head == null || head.reachesFar ? null : traces.find(frame.pc);
    if (head == null || trace == null || trace.steps == 0 || trace.steps > frame.budget) {
      return false;
    }
    traces.wentFar(head, region, block.steps() + block.budget() - frame.budget - reserve);
    thrown = cold.run(trace, x, frame);
    near.noteFar();
    return thrown == null;
  }

  private void afterwards() {
    RuntimeException exception = thrown;
    if (exception instanceof Trap trap) {
      block.setBudget(block.budget() - 1);
      hart.enterTrap(trap, block.pc());
    } else if (exception instanceof LeaveBlock) {
      stepper.step();
    } else if (exception != null) {
      throw exception;
    } else if (stuck) {
      stepInstead(at);
    }
    traces.select();
  }

  private void stepInstead(@Nullable FlatTrace trace) {
    Decoded opaque = trace == null ? null : trace.opaque;
    if (trace == null || opaque == null) {
      stepper.step();
    } else {
      Invoker invoker = trace.invoker;
      if (invoker == null) {
        invoker = table.invoker(opaque.instruction());
        trace.invoker = invoker;
      }
      stepper.call(opaque, invoker);
    }
  }

  @Override
  public String explain(long pc) {
    traces.select();
    return traces.explain(pc);
  }

  /** How many compiled regions there are. */
  int regions() {
    return traces.regions();
  }

  @Override
  public boolean holdsCode(long gpa, int length) {
    return traces.holds(gpa, length);
  }

  @Override
  public void codeWritten(long gpa, int length) {
    traces.drop(gpa, length);
  }

  @Override
  public void close() {
    traces.close();
    memory.removeCodeWatcher(this);
    memory.removeTlb(traces);
  }
}

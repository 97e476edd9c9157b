package vivarium.cpu.translation.nativ;

import vivarium.api.cpu.CodeMemory;
import vivarium.api.cpu.CpuEngine;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.cpu.Exit;
import vivarium.api.cpu.Stepper;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.Invoker;
import vivarium.api.memory.CodeWatcher;
import vivarium.api.memory.GuestMemory;

/**
 * Runs a hart by emitted code: finds or makes the trace for a pc, enters it, and does what it was
 * left for. While emitted code runs, pinned registers and the budget are in host registers; they
 * are in the hart block whenever Java runs.
 */
final class NativeEngine implements CpuEngine, CodeWatcher {
  private final Hart hart;
  private final HartBlock block;
  private final GuestMemory memory;
  private final InstructionTable table;
  private final Stepper stepper;
  private final CodeMemory.Entry enter;
  private final Contexts contexts;
  private final Translator translator;
  private final Suspensions suspensions;
  private final long blockAddress;

  /**
   * Makes an engine.
   *
   * @param contexts the hart's
   * @param translator finds code, in the memory that has been prepared; closed with the engine
   */
  NativeEngine(
      CpuEnvironment environment, Prepared prepared, Contexts contexts, Translator translator) {
    hart = environment.hart();
    block = hart.block();
    memory = environment.memory();
    table = environment.instructionSet().table();
    stepper = new Stepper(environment.instructionSet(), hart, memory);
    enter = prepared.enter();
    blockAddress = block.segment().address();
    this.contexts = contexts;
    this.translator = translator;
    suspensions = new Suspensions(environment, prepared, contexts);
    memory.addCodeWatcher(this);
    memory.addTlb(contexts);
  }

  @Override
  public Exit run(long budget) {
    block.grantBudget(budget);
    contexts.select();
    while (true) {
      if (isAskedFor()) {
        Exit exit = stepper.attend();
        contexts.select();
        if (exit != null) {
          return exit;
        }
      }
      if (block.budget() <= 0) {
        hart.counters().budgetExits++;
        return Exit.BUDGET_SPENT;
      }
      long code = translator.codeFor(block.pc());
      if (code == 0) {
        stepAlone();
      } else {
        execute(code);
      }
    }
  }

  /**
   * Whether the attention word asks for anything. {@link HartBlock#ATTENTION_CONTEXT} alone does
   * not: contexts are looked at after everything that may change them.
   */
  private boolean isAskedFor() {
    return (block.attention() & ~HartBlock.ATTENTION_CONTEXT) != 0;
  }

  /** Runs emitted code, through misses that can be resumed, until it is left for good. */
  private void execute(long start) {
    long code = start;
    while (code != 0) {
      int left = enter.call(code, blockAddress);
      if ((left & Stubs.FLOATS_USED) != 0) {
        contexts.mergeFlags();
      }
      code = leftAt(translator.site(left & ~Stubs.FLOATS_USED));
    }
  }

  /** Does what code was left for; where to go on, or 0 to look at the hart block anew. */
  private long leftAt(Site site) {
    switch (site.kind) {
      case OPAQUE -> {
        return opaque((OpaqueSite) site);
      }
      case CHAIN -> {
        block.setPc(site.pc);
        long next = translator.chain((LinkSite) site);
        return block.attention() == 0 && block.budget() > 0 ? next : 0;
      }
      case INDIRECT -> translator.expect((LinkSite) site, block.pc());
      case STEP -> {
        block.setPc(site.pc);
        if (block.budget() > 0) {
          stepAlone();
        }
      }
      case BUDGET -> {
        block.setPc(site.pc);
        translator.noteHot(site.trace);
        contexts.select();
        if (block.budget() > 0 && block.budget() < site.unmade) {
          stepAlone();
        }
      }
      case CALL -> {
        return suspensions.call((Suspension) site);
      }
      case ACCESS -> {
        long resumed = suspensions.access((Suspension) site);
        if (resumed < 0) {
          stepAlone();
          return 0;
        }
        return resumed != 0 ? resumed : onward();
      }
    }
    return 0;
  }

  private void stepAlone() {
    stepper.step();
    contexts.select();
  }

  /** Calls an instruction, and goes on where it leads. */
  private long opaque(OpaqueSite site) {
    block.setPc(site.pc);
    if (block.budget() <= 0) {
      return 0;
    }
    Invoker invoker = site.invoker;
    if (invoker == null) {
      invoker = table.invoker(site.decoded.instruction());
      site.invoker = invoker;
    }
    stepper.call(site.decoded, invoker);
    contexts.select();
    if (isAskedFor() || block.budget() <= 0) {
      return 0;
    }
    long pc = block.pc();
    JumpTable jumps = contexts.jumps();
    if (site.nextPc != pc || site.nextJumps != jumps || site.nextVersion != jumps.version()) {
      site.nextPc = pc;
      site.next = jumps.get(pc);
      site.nextJumps = site.next == 0 ? null : jumps;
      site.nextVersion = jumps.version();
    }
    return site.next;
  }

  /** The code for the pc in the hart block, if nothing else is to be done first; otherwise 0. */
  private long onward() {
    return isAskedFor() || block.budget() <= 0 ? 0 : contexts.jumps().get(block.pc());
  }

  @Override
  public String explain(long pc) {
    contexts.select();
    return translator.explain(pc);
  }

  @Override
  public boolean holdsCode(long gpa, int length) {
    return translator.holds(gpa, length);
  }

  @Override
  public void codeWritten(long gpa, int length) {
    translator.drop(gpa, length);
  }

  /** How many places at which code can be left are remembered: code memory bounds them. */
  int siteCount() {
    return translator.siteCount();
  }

  @Override
  public void close() {
    translator.close();
    memory.removeCodeWatcher(this);
    memory.removeTlb(contexts);
  }
}

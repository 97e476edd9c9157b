package vivarium.cpu.translation.nativ;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import vivarium.api.cpu.CpuEnvironment;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.Trap;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.LeaveBlock;
import vivarium.api.memory.Mmu;
import vivarium.api.memory.Translation;
import vivarium.cpu.translation.graph.FpuOp;

/**
 * Does in Java what emitted code was suspended for, between two of its instructions: accesses that
 * missed the TLB, and floating-point operations. Registers of suspended code are in the hart block.
 */
final class Suspensions {
  /** Says that the instruction is to be executed alone; the hart block is as before it. */
  static final long ALONE = -1;

  private final Hart hart;
  private final HartBlock block;
  private final MemorySegment memoryOfBlock;
  private final Mmu mmu;
  private final GuestMemory memory;
  private final Contexts contexts;
  private final Prepared prepared;

  /** The guest register that each host register is pinned to, or -1. */
  private final int[] pinnedTo = new int[16];

  Suspensions(CpuEnvironment environment, Prepared prepared, Contexts contexts) {
    hart = environment.hart();
    block = hart.block();
    memoryOfBlock = block.segment();
    mmu = hart.mmu();
    memory = environment.memory();
    this.contexts = contexts;
    this.prepared = prepared;
    Arrays.fill(pinnedTo, -1);
    for (int register : prepared.layout().pinned()) {
      pinnedTo[prepared.layout().pin(register)] = register;
    }
  }

  private boolean isPinned(Suspension site, int host) {
    return pinnedTo[host] >= 0 && (site.trace.borrowed >>> host & 1) == 0;
  }

  private long saved(Suspension site, int host) {
    return isPinned(site, host)
        ? block.register(pinnedTo[host])
        : memoryOfBlock.get(ValueLayout.JAVA_LONG, Layout.SAVED + 8L * host);
  }

  private void save(Suspension site, int host, long value) {
    if (isPinned(site, host)) {
      block.setRegister(pinnedTo[host], value);
    } else {
      memoryOfBlock.set(ValueLayout.JAVA_LONG, Layout.SAVED + 8L * host, value);
    }
  }

  private long savedXmm(int register) {
    return memoryOfBlock.get(ValueLayout.JAVA_LONG, Layout.SAVED_XMM + 8L * register);
  }

  private void saveXmm(int register, long value) {
    memoryOfBlock.set(ValueLayout.JAVA_LONG, Layout.SAVED_XMM + 8L * register, value);
  }

  private long operand(Suspension site, int index) {
    int register = site.pause.operand(index);
    return site.pause.operandsInXmm ? savedXmm(register) : saved(site, register);
  }

  /** Code that goes on at an offset with registers as they were saved. */
  private long resumeAt(Suspension site, int offset) {
    long to = prepared.area().address(offset);
    if (site.trace.reborrow >= 0) {
      memoryOfBlock.set(ValueLayout.JAVA_LONG, Layout.RESUME_BORROWED, to);
      to = prepared.area().address(site.trace.reborrow);
    }
    memoryOfBlock.set(ValueLayout.JAVA_LONG, Layout.RESUME, to);
    Stubs stubs = prepared.stubs();
    return prepared.area().address(site.pause.floats ? stubs.resumeFloats : stubs.resume);
  }

  /** A floating-point operation; where to go on. */
  long call(Suspension site) {
    FpuOp op = site.pause.fpuOp;
    if (op == null) {
      throw new IllegalStateException("a call of nothing");
    }
    long a = operand(site, 0);
    long b = op.operands() > 1 ? operand(site, 1) : 0;
    long c = op.operands() > 2 ? operand(site, 2) : 0;
    long result = op.apply(hart.fpu(), a, b, c, site.pause.roundingMode);
    if (site.pause.dataInXmm) {
      saveXmm(site.pause.data, result);
    } else {
      save(site, site.pause.data, result);
    }
    return resumeAt(site, site.doneAt());
  }

  /** A TLB miss; where to go on, 0 if a trap was taken, or {@link #ALONE}. */
  long access(Suspension site) {
    long va = saved(site, site.pause.address);
    if (site.pause.access == Pause.Access.STORE && storeBesideCode(site, va)) {
      return resumeAt(site, site.doneAt());
    }
    hart.counters().tlbMisses++;
    long left = block.budget();
    block.setBudget(left + site.unmade);
    block.setPc(site.pc);
    try {
      long code = tryAccess(site, va);
      if (code > 0) {
        block.setBudget(left);
      }
      return code;
    } catch (Trap trap) {
      return trapped(site, trap);
    } catch (LeaveBlock leave) {
      return ALONE;
    }
  }

  /** A store to the page of code that was stored to last, where no code is. */
  private boolean storeBesideCode(Suspension site, long va) {
    long page = contexts.watchedPage(va);
    int width = site.pause.width;
    int offset = (int) va & GuestMemory.PAGE_BYTES - 1;
    if (page < 0
        || offset > GuestMemory.PAGE_BYTES - width
        || memory.holdsCode(page + offset, width)) {
      return false;
    }
    memory.store(page + offset, width, stored(site));
    return true;
  }

  private long trapped(Suspension site, Trap trap) {
    block.setBudget(block.budget() - 1);
    hart.enterTrap(trap, site.pc);
    contexts.select();
    return 0;
  }

  /**
   * Pages that faults, devices and code are found in by asking, not by exceptions: throwing one
   * takes longer than all else that has to be done about it.
   */
  private long tryAccess(Suspension site, long va) throws Trap {
    boolean modifies =
        site.pause.access == Pause.Access.STORE || site.pause.access == Pause.Access.MODIFY;
    boolean atomic =
        site.pause.access == Pause.Access.RESERVE || site.pause.access == Pause.Access.MODIFY;
    Access access = modifies ? Access.STORE : Access.LOAD;
    if (atomic && (va & site.pause.width - 1) != 0) {
      return ALONE;
    }
    if ((va & GuestMemory.PAGE_BYTES - 1) <= GuestMemory.PAGE_BYTES - site.pause.width) {
      Trap fault = mmu.tryResolve(mmu.dataContext(), va, site.pause.width, access);
      if (fault != null) {
        return trapped(site, fault);
      }
      Translation found = mmu.resolved();
      long gpa = found.gpa();
      if (contexts.fill(found, va, access)) {
        return resumeAt(site, site.retryAt);
      }
      if (atomic
          || !memory.isRam(gpa, site.pause.width)
          || modifies && memory.holdsCode(gpa, site.pause.width)) {
        return ALONE;
      }
      accessResolved(site, va, gpa);
      return resumeAt(site, site.doneAt());
    }
    if (atomic) {
      return ALONE;
    }
    if (site.pause.access == Pause.Access.STORE) {
      store(va, site.pause.width, stored(site));
    } else {
      loaded(site, load(va, site.pause.width));
    }
    return resumeAt(site, site.doneAt());
  }

  /** What no TLB can serve: a watched page. */
  private void accessResolved(Suspension site, long va, long gpa) throws Trap {
    if (site.pause.access == Pause.Access.STORE) {
      contexts.noteWatched(va, mmu.resolved());
      mmu.storeResolved(va, gpa, site.pause.width, stored(site));
    } else {
      loaded(site, mmu.loadResolved(va, gpa, site.pause.width));
    }
  }

  private long stored(Suspension site) {
    if (site.pause.dataInXmm) {
      return savedXmm(site.pause.data);
    }
    return site.pause.data < 0 ? site.pause.constant : saved(site, site.pause.data);
  }

  private void loaded(Suspension site, long value) {
    if (site.pause.dataInXmm) {
      saveXmm(site.pause.data, value);
    } else {
      int unused = 64 - 8 * site.pause.width;
      save(site, site.pause.data, site.pause.signed ? value << unused >> unused : value);
    }
  }

  private long load(long va, int width) {
    return switch (width) {
      case 1 -> mmu.load8(va);
      case 2 -> mmu.load16(va);
      case 4 -> mmu.load32(va);
      default -> mmu.load64(va);
    };
  }

  private void store(long va, int width, long value) {
    switch (width) {
      case 1 -> mmu.store8(va, value);
      case 2 -> mmu.store16(va, value);
      case 4 -> mmu.store32(va, value);
      default -> mmu.store64(va, value);
    }
  }
}

package vivarium.core.verify;

import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import vivarium.api.cpu.Stepper;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartBlock;
import vivarium.api.isa.RegisterBank;
import vivarium.api.isa.Trap;
import vivarium.core.machine.Machine;
import vivarium.core.machine.Outcome;
import vivarium.core.machine.VirtualMachine;

/** A virtual machine, deterministic, run on the calling thread. Closed with it. */
public final class MachineSubject implements Subject {
  private final VirtualMachine virtualMachine;
  private final String[] registerNames;

  /**
   * Takes over a machine.
   *
   * @param virtualMachine deterministic, and not run yet
   */
  public MachineSubject(VirtualMachine virtualMachine) {
    if (!virtualMachine.config().deterministic()) {
      throw new IllegalArgumentException("only a deterministic machine does the same twice");
    }
    this.virtualMachine = virtualMachine;
    registerNames = registerNames(virtualMachine.machine().instructionSet().banks());
  }

  private static String[] registerNames(List<RegisterBank> banks) {
    String[] names = new String[HartBlock.MAX_REGISTERS];
    for (int i = 0; i < names.length; i++) {
      names[i] = "register " + i;
    }
    for (RegisterBank bank : banks) {
      for (int i = 0; i < bank.count(); i++) {
        names[bank.firstIndex() + i] = bank.nameOf(i);
      }
    }
    return names;
  }

  @Override
  public Outcome run(long steps) {
    return virtualMachine.run(steps);
  }

  @Override
  public long steps() {
    return virtualMachine.machine().steps();
  }

  @Override
  public Map<String, Object> state() {
    Map<String, Object> state = new LinkedHashMap<>();
    List<Hart> harts = virtualMachine.machine().harts();
    for (Hart hart : harts) {
      String owner = harts.size() == 1 ? "" : "hart " + hart.id() + " ";
      HartBlock block = hart.block();
      state.put(owner + "steps", block.steps());
      state.put(owner + "pc", block.pc());
      for (int i = 0; i < registerNames.length; i++) {
        state.put(owner + registerNames[i], block.register(i));
      }
      state.put(owner + "mode", hart.mode());
      state.put(owner + "floating-point flags", (long) hart.fpu().flags());
      hart.controlRegisters().forEach((name, value) -> state.put(owner + name, value));
    }
    return state;
  }

  @Override
  public long memoryBase() {
    return virtualMachine.machine().memory().base();
  }

  @Override
  public long memoryBytes() {
    return virtualMachine.machine().memory().size();
  }

  @Override
  public void readMemory(long gpa, MemorySegment target) {
    virtualMachine.machine().memory().read(gpa, target);
  }

  /** {@inheritDoc} Of several harts, the first one's. */
  @Override
  public String nextInstruction() {
    Machine machine = virtualMachine.machine();
    Hart hart = machine.harts().getFirst();
    String before = hart.takeInterrupt() ? "an interrupt is taken, then " : "";
    long pc = hart.block().pc();
    String where = before + "pc 0x" + Long.toHexString(pc) + ": ";
    try {
      return where + new Stepper(machine.instructionSet(), hart, machine.memory()).fetch(pc);
    } catch (Trap trap) {
      return where + "no instruction, but " + trap;
    }
  }

  /** {@inheritDoc} Of several harts, the first one's. */
  @Override
  public String explanation() {
    Machine machine = virtualMachine.machine();
    machine.harts().getFirst().takeInterrupt();
    return machine.explainNext(0);
  }

  @Override
  public void close() {
    virtualMachine.close();
  }
}

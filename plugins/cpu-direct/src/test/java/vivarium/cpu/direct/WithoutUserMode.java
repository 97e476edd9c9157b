package vivarium.cpu.direct;

import java.util.List;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.isa.BootRequest;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.RegisterBank;

/** Another instruction set's table, without a word about user mode. */
record WithoutUserMode(InstructionSet other) implements InstructionSet {
  @Override
  public String name() {
    return "kernel-only";
  }

  @Override
  public InstructionTable table() {
    return other.table();
  }

  @Override
  public List<RegisterBank> banks() {
    return other.banks();
  }

  @Override
  public int instructionAlignment() {
    return other.instructionAlignment();
  }

  @Override
  public int length(int firstParcel) {
    return other.length(firstParcel);
  }

  @Override
  public int requiredUnits(Decoded instruction) {
    return other.requiredUnits(instruction);
  }

  @Override
  public Hart createHart(HartEnvironment environment) {
    return other.createHart(environment);
  }

  @Override
  public List<DeviceTreeNode> describe(DeviceTreeNode cpus, int harts, long timebaseHz) {
    return other.describe(cpus, harts, timebaseHz);
  }

  @Override
  public void boot(BootRequest request) {
    other.boot(request);
  }
}

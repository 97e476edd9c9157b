package vivarium.isa.riscv;

import java.util.ArrayList;
import java.util.List;
import vivarium.api.device.DeviceTreeNode;
import vivarium.api.fp.Fpu;
import vivarium.api.isa.BootRequest;
import vivarium.api.isa.Decoded;
import vivarium.api.isa.Hart;
import vivarium.api.isa.HartEnvironment;
import vivarium.api.isa.Instruction;
import vivarium.api.isa.InstructionSet;
import vivarium.api.isa.InstructionTable;
import vivarium.api.isa.OperandField;
import vivarium.api.isa.RegisterBank;
import vivarium.isa.riscv.boot.Boot;
import vivarium.isa.riscv.insn.RiscvFields;
import vivarium.isa.riscv.insn.RiscvTable;

/**
 * RV64GC with Zba, Zbb, Zbs and Zicond, modes M, S and U, Sv39, Sv48, Sstc and Svadu: {@code
 * rv64gc}.
 */
public final class RiscvInstructionSet implements InstructionSet {
  private static final String BASE = "rv64i";
  private static final List<String> LETTERS = List.of("i", "m", "a", "f", "d", "c");
  private static final List<String> NAMES =
      List.of("zicntr", "zicond", "zicsr", "zifencei", "zba", "zbb", "zbs", "sstc");

  /** Made by the service loader. */
  public RiscvInstructionSet() {}

  @Override
  public String name() {
    return "rv64gc";
  }

  @Override
  public InstructionTable table() {
    return RiscvTable.table();
  }

  @Override
  public List<RegisterBank> banks() {
    return List.of(RiscvFields.X, RiscvFields.F);
  }

  @Override
  public int instructionAlignment() {
    return 2;
  }

  @Override
  public int length(int firstParcel) {
    return (firstParcel & 3) == 3 ? 4 : 2;
  }

  @Override
  public int requiredUnits(Decoded instruction) {
    return units(instruction);
  }

  /** The units, as bits of {@link RiscvHart#ready()}. */
  static int units(Decoded decoded) {
    Instruction instruction = decoded.instruction();
    int known = UnitsOfInstructions.KNOWN[instruction.number()];
    if (known == 0) {
      return 0;
    }
    int mode = known >> 1;
    boolean dynamic = mode > 0 && decoded.operand(mode - 1) == Fpu.DYN;
    return (known & 1) * RiscvHart.UNIT_F | (dynamic ? RiscvHart.UNIT_DYN : 0);
  }

  /**
   * Found once for each instruction, because it is asked for with every one that is called: bit 0
   * whether it uses floating-point registers or flags; above it, one plus the field {@code rm}.
   */
  private static final class UnitsOfInstructions {
    static final int[] KNOWN =
        RiscvTable.table().instructions().stream().mapToInt(UnitsOfInstructions::units).toArray();

    private static int units(Instruction instruction) {
      boolean usesF =
          instruction.extension().equals("F")
              || instruction.extension().equals("D")
              || instruction.parameters().stream()
                  .anyMatch(parameter -> parameter.source() == Instruction.Source.FPU);
      int mode = 0;
      List<OperandField> fields = instruction.fields();
      for (int i = 0; i < fields.size(); i++) {
        RegisterBank bank = fields.get(i).bank();
        usesF |= bank != null && bank.firstIndex() == RiscvFields.F.firstIndex();
        if (fields.get(i).name().equals("rm")) {
          mode = i + 1;
        }
      }
      return mode << 1 | (usesF ? 1 : 0);
    }
  }

  @Override
  public String exceptionName(int cause) {
    return Cause.name(cause);
  }

  @Override
  public String interruptName(int number) {
    return Interrupt.name(number);
  }

  @Override
  public Hart createHart(HartEnvironment environment) {
    return new RiscvHart(environment);
  }

  @Override
  public Hart createUserHart(Hart hart) {
    return ((RiscvHart) hart).userFace();
  }

  @Override
  public List<DeviceTreeNode> describe(DeviceTreeNode cpus, int harts, long timebaseHz) {
    cpus.cells("#address-cells", 1)
        .cells("#size-cells", 0)
        .cells("timebase-frequency", Math.toIntExact(timebaseHz));
    String isa = "rv64" + String.join("", LETTERS) + "_" + String.join("_", NAMES);
    List<String> extensions = new ArrayList<>(LETTERS);
    extensions.addAll(NAMES);
    List<DeviceTreeNode> controllers = new ArrayList<>();
    List<DeviceTreeNode> processors = new ArrayList<>();
    for (int i = 0; i < harts; i++) {
      DeviceTreeNode cpu = cpus.child("cpu@" + Integer.toHexString(i));
      cpu.strings("device_type", "cpu")
          .cells("reg", i)
          .strings("status", "okay")
          .strings("compatible", "riscv")
          .strings("riscv,isa-base", BASE)
          .strings("riscv,isa-extensions", extensions.toArray(new String[0]))
          .strings("riscv,isa", isa)
          .strings("mmu-type", "riscv,sv48");
      DeviceTreeNode controller = cpu.child("interrupt-controller");
      controller
          .cells("#interrupt-cells", 1)
          .flag("interrupt-controller")
          .strings("compatible", "riscv,cpu-intc")
          .phandle();
      controllers.add(controller);
      processors.add(cpu);
    }
    DeviceTreeNode cluster = cpus.child("cpu-map").child("cluster0");
    for (int i = 0; i < harts; i++) {
      cluster.child("core" + i).cells("cpu", processors.get(i).phandle());
    }
    return List.copyOf(controllers);
  }

  @Override
  public void boot(BootRequest request) {
    Boot.boot(request);
  }
}

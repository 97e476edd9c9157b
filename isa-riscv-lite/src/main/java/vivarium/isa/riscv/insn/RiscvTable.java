package vivarium.isa.riscv.insn;

import java.lang.invoke.MethodHandles;
import java.util.List;
import vivarium.api.isa.InstructionTable;

/** The one instruction table, read from the classes of this package when it is first asked for. */
public final class RiscvTable {
  private RiscvTable() {}

  /** The table; always the same object. */
  public static InstructionTable table() {
    return Holder.TABLE;
  }

  /** Reading the annotations takes some ten milliseconds, so it waits for the first use. */
  private static final class Holder {
    static final InstructionTable TABLE =
        InstructionTable.read(
            MethodHandles.lookup(),
            RiscvFields.FIELDS,
            List.of(
                Rv64i.class,
                Rv64m.class,
                Rv64a.class,
                Rv64f.class,
                Rv64d.class,
                Rv64c.class,
                Zicsr.class,
                Zifencei.class,
                Zba.class,
                Zbb.class,
                Zbs.class,
                Zicond.class,
                SystemInstructions.class));
  }
}

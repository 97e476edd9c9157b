package vivarium.isa.riscv;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import vivarium.isa.riscv.paging.SvFormat;

/**
 * The control and status registers that a hart has, by number; what is not here is an illegal
 * instruction. Writers make values legal (WARL): an unsupported one leaves the field as it is or
 * becomes the nearest that the manual allows.
 */
final class CsrTable {
  /** menvcfg.ADUE: hardware updates accessed and dirty bits. */
  static final long MENVCFG_ADUE = 1L << 61;

  private static final long MENVCFG_STCE = 1L << 63;
  private static final long ENVCFG_FIOM = 1;

  /** Counters CY, TM, IR and the 29 hpmcounters, which read 0. */
  private static final long COUNTEREN = 0xffff_ffffL;

  private static final long COUNTINHIBIT_CY = 1;
  private static final long COUNTER_TM = 1 << 1;
  private static final long COUNTINHIBIT_IR = 1 << 2;

  private static final int HPM_FIRST = 3;
  private static final int HPM_LAST = 31;
  private static final int CYCLE = 0xc00;
  private static final int MCYCLE = 0xb00;

  /** mhpmevent3 is this plus 3. */
  private static final int MHPMEVENT = 0x320;

  /** MXL 64 bits, extensions A C D F I M S U. */
  private static final long MISA = 2L << 62 | bits("ACDFIMSU");

  private static final Csr.Writer IGNORED = (hart, value) -> {};
  private static final Csr.Base SAME = (hart, read) -> read;
  private static final Predicate<RiscvHart> ALWAYS = hart -> true;

  private static final @Nullable Csr[] BY_NUMBER = new @Nullable Csr[1 << 12];

  static {
    addFloatingPoint();
    addCounters();
    addSupervisor();
    addMachineInformation();
    addMachineTraps();
    addMachineMemory();
  }

  private CsrTable() {}

  /** The register of a number, or {@code null}. */
  static @Nullable Csr find(int number) {
    return BY_NUMBER[number & BY_NUMBER.length - 1];
  }

  /** All registers but the performance counters and the shadows of counters, by number. */
  static Map<String, Long> values(RiscvHart hart) {
    Map<String, Long> values = new LinkedHashMap<>();
    for (Csr csr : BY_NUMBER) {
      if (csr != null && !isShadow(csr.number())) {
        values.put(csr.name(), csr.read(hart));
      }
    }
    return values;
  }

  private static boolean isShadow(int number) {
    return number >>> 5 == CYCLE >>> 5
        || number >= MCYCLE + HPM_FIRST && number <= MCYCLE + HPM_LAST
        || number >= MHPMEVENT + HPM_FIRST && number <= MHPMEVENT + HPM_LAST;
  }

  private static long bits(String extensions) {
    return extensions.chars().mapToLong(letter -> 1L << letter - 'A').reduce(0, (a, b) -> a | b);
  }

  private static void add(
      String name, int number, Predicate<RiscvHart> guard, Csr.Reader reader, Csr.Writer writer) {
    BY_NUMBER[number] = new Csr(name, number, reader, writer, SAME, guard);
  }

  private static void add(String name, int number, Csr.Reader reader, Csr.Writer writer) {
    add(name, number, ALWAYS, reader, writer);
  }

  private static void addConstant(String name, int number, long value) {
    add(name, number, hart -> value, IGNORED);
  }

  private static void addFloatingPoint() {
    Predicate<RiscvHart> on = hart -> (hart.mstatus & Mstatus.FS) != 0;
    add(
        "fflags",
        0x001,
        on,
        hart -> hart.fpu().flags(),
        (hart, value) -> {
          hart.fpu().setFlags((int) value);
          hart.floatingPointChanged();
        });
    add(
        "frm",
        0x002,
        on,
        hart -> hart.fpu().roundingMode(),
        (hart, value) -> {
          hart.fpu().setRoundingMode((int) value);
          hart.floatingPointChanged();
        });
    add(
        "fcsr",
        0x003,
        on,
        hart -> hart.fpu().roundingMode() << 5 | hart.fpu().flags(),
        (hart, value) -> {
          hart.fpu().setFlags((int) value);
          hart.fpu().setRoundingMode((int) value >>> 5);
          hart.floatingPointChanged();
        });
  }

  private static void addCounters() {
    // A counter is written after the instruction that writes it was counted: hence the 1.
    add(
        "mcycle",
        MCYCLE,
        hart -> hart.mcycle.read(hart.cycles()),
        (hart, value) -> hart.mcycle.write(hart.cycles() + 1, value));
    add(
        "minstret",
        MCYCLE + 2,
        hart -> hart.minstret.read(hart.retired()),
        (hart, value) -> hart.minstret.write(hart.retired() + 1, value));
    add(
        "mcountinhibit",
        0x320,
        hart -> hart.mcountinhibit,
        (hart, value) -> {
          hart.mcountinhibit = value & (COUNTINHIBIT_CY | COUNTINHIBIT_IR);
          hart.mcycle.inhibit(hart.cycles(), (value & COUNTINHIBIT_CY) != 0);
          hart.minstret.inhibit(hart.retired(), (value & COUNTINHIBIT_IR) != 0);
        });
    add("cycle", CYCLE, enabled(0), hart -> hart.mcycle.read(hart.cycles()), IGNORED);
    add("time", CYCLE + 1, enabled(1), hart -> hart.clock.ticks(), IGNORED);
    add("instret", CYCLE + 2, enabled(2), hart -> hart.minstret.read(hart.retired()), IGNORED);
    for (int i = HPM_FIRST; i <= HPM_LAST; i++) {
      add("hpmcounter" + i, CYCLE + i, enabled(i), hart -> 0, IGNORED);
      addConstant("mhpmcounter" + i, MCYCLE + i, 0);
      addConstant("mhpmevent" + i, MHPMEVENT + i, 0);
    }
  }

  /** Below M a counter needs its bit in mcounteren, in U also that in scounteren. */
  private static Predicate<RiscvHart> enabled(int counter) {
    return hart -> {
      long enabled =
          switch (hart.privilege()) {
            case SvFormat.MACHINE -> -1;
            case SvFormat.SUPERVISOR -> hart.mcounteren;
            default -> hart.mcounteren & hart.scounteren;
          };
      return (enabled >>> counter & 1) != 0;
    };
  }

  private static void addSupervisor() {
    add(
        "sstatus",
        0x100,
        hart -> Mstatus.sstatus(hart.mstatus),
        (hart, value) -> hart.setMstatus(Mstatus.writeSstatus(hart.mstatus, value)));
    add(
        "sie",
        0x104,
        hart -> hart.mie & hart.mideleg,
        (hart, value) -> {
          hart.mie = hart.mie & ~hart.mideleg | value & hart.mideleg;
          hart.interruptsChanged();
        });
    add("stvec", 0x105, hart -> hart.stvec, (h, value) -> h.stvec = legalTvec(h.stvec, value));
    add(
        "scounteren",
        0x106,
        hart -> hart.scounteren,
        (hart, value) -> hart.scounteren = value & COUNTEREN);
    add(
        "senvcfg",
        0x10a,
        hart -> hart.senvcfg,
        (hart, value) -> hart.senvcfg = value & ENVCFG_FIOM);
    add("sscratch", 0x140, hart -> hart.sscratch, (hart, value) -> hart.sscratch = value);
    add("sepc", 0x141, hart -> hart.sepc, (hart, value) -> hart.sepc = value & ~1);
    add("scause", 0x142, hart -> hart.scause, (hart, value) -> hart.scause = value);
    add("stval", 0x143, hart -> hart.stval, (hart, value) -> hart.stval = value);
    add(
        "sip",
        0x144,
        hart -> hart.mip() & hart.mideleg,
        (hart, value) -> setPending(hart, value, Interrupt.SSI & hart.mideleg));
    add("stimecmp", 0x14d, CsrTable::mayUseStimecmp, h -> h.stimecmp, RiscvHart::setTimer);
    add(
        "satp",
        0x180,
        hart -> hart.privilege() == SvFormat.MACHINE || (hart.mstatus & Mstatus.TVM) == 0,
        hart -> hart.satp,
        RiscvHart::setSatp);
  }

  /** Sstc: below M stimecmp exists if menvcfg.STCE is set, and needs mcounteren.TM. */
  private static boolean mayUseStimecmp(RiscvHart hart) {
    return hart.privilege() == SvFormat.MACHINE
        || hart.hasStimecmp() && (hart.mcounteren & COUNTER_TM) != 0;
  }

  private static void addMachineInformation() {
    addConstant("mvendorid", 0xf11, 0);
    addConstant("marchid", 0xf12, 0);
    addConstant("mimpid", 0xf13, 0);
    add("mhartid", 0xf14, hart -> hart.id(), IGNORED);
    addConstant("mconfigptr", 0xf15, 0);
    addConstant("misa", 0x301, MISA);
    // No triggers: tselect selects the first, whose type is 0.
    addConstant("tselect", 0x7a0, 0);
    addConstant("tdata1", 0x7a1, 0);
    addConstant("tdata2", 0x7a2, 0);
    addConstant("tdata3", 0x7a3, 0);
  }

  private static void addMachineTraps() {
    add(
        "mstatus",
        0x300,
        hart -> hart.mstatus,
        (hart, value) -> hart.setMstatus(Mstatus.write(hart.mstatus, value)));
    add(
        "medeleg",
        0x302,
        hart -> hart.medeleg,
        (hart, value) -> hart.medeleg = value & Cause.DELEGABLE);
    add(
        "mideleg",
        0x303,
        hart -> hart.mideleg,
        (hart, value) -> {
          hart.mideleg = value & Interrupt.SUPERVISOR;
          hart.interruptsChanged();
        });
    add(
        "mie",
        0x304,
        hart -> hart.mie,
        (hart, value) -> {
          hart.mie = value & Interrupt.ALL;
          hart.interruptsChanged();
        });
    add("mtvec", 0x305, hart -> hart.mtvec, (h, value) -> h.mtvec = legalTvec(h.mtvec, value));
    add(
        "mcounteren",
        0x306,
        hart -> hart.mcounteren,
        (hart, value) -> hart.mcounteren = value & COUNTEREN);
    add(
        "menvcfg",
        0x30a,
        hart -> hart.menvcfg,
        (hart, value) -> hart.setMenvcfg(value & (ENVCFG_FIOM | MENVCFG_ADUE | MENVCFG_STCE)));
    add("mscratch", 0x340, hart -> hart.mscratch, (hart, value) -> hart.mscratch = value);
    add("mepc", 0x341, hart -> hart.mepc, (hart, value) -> hart.mepc = value & ~1);
    add("mcause", 0x342, hart -> hart.mcause, (hart, value) -> hart.mcause = value);
    add("mtval", 0x343, hart -> hart.mtval, (hart, value) -> hart.mtval = value);
    // csrrs and csrrc modify the bit of SEIP that software wrote, not the external line.
    BY_NUMBER[0x344] =
        new Csr(
            "mip",
            0x344,
            RiscvHart::mip,
            (hart, value) ->
                setPending(
                    hart, value, Interrupt.SUPERVISOR & (hart.hasStimecmp() ? ~Interrupt.STI : -1)),
            (hart, read) -> read & ~Interrupt.SEI | hart.mipWritten & Interrupt.SEI,
            ALWAYS);
  }

  private static void addMachineMemory() {
    for (int i = 0; i < Pmp.ENTRIES; i += 8) {
      int first = i;
      add(
          "pmpcfg" + i / 4,
          0x3a0 + i / 4,
          hart -> hart.pmp.readCfg(first),
          (hart, value) -> {
            hart.pmp.writeCfg(first, value);
            hart.protectionChanged();
          });
    }
    for (int i = 0; i < Pmp.ENTRIES; i++) {
      int entry = i;
      add(
          "pmpaddr" + i,
          0x3b0 + i,
          hart -> hart.pmp.readAddr(entry),
          (hart, value) -> {
            hart.pmp.writeAddr(entry, value);
            hart.protectionChanged();
          });
    }
  }

  private static void setPending(RiscvHart hart, long value, long writable) {
    hart.mipWritten = hart.mipWritten & ~writable | value & writable;
    hart.interruptsChanged();
  }

  /** Modes 2 and 3 are reserved: a write of them has no effect. */
  private static long legalTvec(long old, long value) {
    return (value & 2) != 0 ? old : value;
  }
}

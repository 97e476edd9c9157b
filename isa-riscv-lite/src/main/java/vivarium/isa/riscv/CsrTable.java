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
  private static final long MENVCFG = ENVCFG_FIOM | MENVCFG_ADUE | MENVCFG_STCE;

  /** Counters CY, TM, IR and the 29 hpmcounters, which read 0. */
  private static final long COUNTEREN = 0xffff_ffffL;

  private static final long COUNTER_TM = 1 << 1;

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
    Predicate<RiscvHart> on = h -> (h.mstatus & Mstatus.FS) != 0;
    add(
        "fflags",
        0x001,
        on,
        h -> h.fpu().flags(),
        (h, v) -> h.setFcsr(h.fcsr() & ~0x1f | v & 0x1f));
    add(
        "frm",
        0x002,
        on,
        h -> h.fpu().roundingMode(),
        (h, v) -> h.setFcsr(v << 5 | h.fpu().flags()));
    add("fcsr", 0x003, on, RiscvHart::fcsr, RiscvHart::setFcsr);
  }

  private static void addCounters() {
    Csr.Reader cycle = h -> h.mcycle.read(h.cycles());
    Csr.Reader instret = h -> h.minstret.read(h.retired());
    // A counter is written after the instruction that writes it was counted: hence the 1.
    add("mcycle", MCYCLE, cycle, (h, v) -> h.mcycle.write(h.cycles() + 1, v));
    add("minstret", MCYCLE + 2, instret, (h, v) -> h.minstret.write(h.retired() + 1, v));
    add("mcountinhibit", 0x320, h -> h.mcountinhibit, RiscvHart::setMcountinhibit);
    add("cycle", CYCLE, enabled(0), cycle, IGNORED);
    add("time", CYCLE + 1, enabled(1), h -> h.clock.ticks(), IGNORED);
    add("instret", CYCLE + 2, enabled(2), instret, IGNORED);
    for (int i = HPM_FIRST; i <= HPM_LAST; i++) {
      add("hpmcounter" + i, CYCLE + i, enabled(i), h -> 0, IGNORED);
      addConstant("mhpmcounter" + i, MCYCLE + i, 0);
      addConstant("mhpmevent" + i, MHPMEVENT + i, 0);
    }
  }

  /** Below M a counter needs its bit in mcounteren, in U also that in scounteren. */
  private static Predicate<RiscvHart> enabled(int counter) {
    return h -> {
      long enabled =
          switch (h.privilege()) {
            case SvFormat.MACHINE -> -1;
            case SvFormat.SUPERVISOR -> h.mcounteren;
            default -> h.mcounteren & h.scounteren;
          };
      return (enabled >>> counter & 1) != 0;
    };
  }

  private static void addSupervisor() {
    add(
        "sstatus",
        0x100,
        h -> Mstatus.sstatus(h.mstatus),
        (h, v) -> h.setMstatus(Mstatus.writeSstatus(h.mstatus, v)));
    add(
        "sie",
        0x104,
        h -> h.mie & h.mideleg,
        (h, v) -> h.setMie(h.mie & ~h.mideleg | v & h.mideleg));
    add("stvec", 0x105, h -> h.stvec, (h, v) -> h.stvec = legalTvec(h.stvec, v));
    add("scounteren", 0x106, h -> h.scounteren, (h, v) -> h.scounteren = v & COUNTEREN);
    add("senvcfg", 0x10a, h -> h.senvcfg, (h, v) -> h.senvcfg = v & ENVCFG_FIOM);
    add("sscratch", 0x140, h -> h.sscratch, (h, v) -> h.sscratch = v);
    add("sepc", 0x141, h -> h.sepc, (h, v) -> h.sepc = v & ~1);
    add("scause", 0x142, h -> h.scause, (h, v) -> h.scause = v);
    add("stval", 0x143, h -> h.stval, (h, v) -> h.stval = v);
    Csr.Reader sip = h -> h.mip() & h.mideleg;
    add("sip", 0x144, sip, (h, v) -> setPending(h, v, Interrupt.SSI & h.mideleg));
    add("stimecmp", 0x14d, CsrTable::mayUseStimecmp, h -> h.stimecmp, RiscvHart::setTimer);
    Predicate<RiscvHart> visible =
        h -> h.privilege() == SvFormat.MACHINE || (h.mstatus & Mstatus.TVM) == 0;
    add("satp", 0x180, visible, h -> h.satp, RiscvHart::setSatp);
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
    add("mhartid", 0xf14, RiscvHart::id, IGNORED);
    addConstant("mconfigptr", 0xf15, 0);
    addConstant("misa", 0x301, MISA);
    // No triggers: tselect selects the first, whose type is 0.
    addConstant("tselect", 0x7a0, 0);
    addConstant("tdata1", 0x7a1, 0);
    addConstant("tdata2", 0x7a2, 0);
    addConstant("tdata3", 0x7a3, 0);
  }

  private static void addMachineTraps() {
    Csr.Writer mstatus = (h, v) -> h.setMstatus(Mstatus.write(h.mstatus, v));
    add("mstatus", 0x300, h -> h.mstatus, mstatus);
    add("medeleg", 0x302, h -> h.medeleg, (h, v) -> h.medeleg = v & Cause.DELEGABLE);
    add("mideleg", 0x303, h -> h.mideleg, (h, v) -> h.setMideleg(v & Interrupt.SUPERVISOR));
    add("mie", 0x304, h -> h.mie, (h, v) -> h.setMie(v & Interrupt.ALL));
    add("mtvec", 0x305, h -> h.mtvec, (h, v) -> h.mtvec = legalTvec(h.mtvec, v));
    add("mcounteren", 0x306, h -> h.mcounteren, (h, v) -> h.mcounteren = v & COUNTEREN);
    add("menvcfg", 0x30a, h -> h.menvcfg, (h, v) -> h.setMenvcfg(v & MENVCFG));
    add("mscratch", 0x340, h -> h.mscratch, (h, v) -> h.mscratch = v);
    add("mepc", 0x341, h -> h.mepc, (h, v) -> h.mepc = v & ~1);
    add("mcause", 0x342, h -> h.mcause, (h, v) -> h.mcause = v);
    add("mtval", 0x343, h -> h.mtval, (h, v) -> h.mtval = v);
    Csr.Writer mip =
        (h, v) -> setPending(h, v, Interrupt.SUPERVISOR & (h.hasStimecmp() ? ~Interrupt.STI : -1));
    // csrrs and csrrc modify the bit of SEIP that software wrote, not the external line.
    Csr.Base base = (h, read) -> read & ~Interrupt.SEI | h.mipWritten & Interrupt.SEI;
    BY_NUMBER[0x344] = new Csr("mip", 0x344, RiscvHart::mip, mip, base, ALWAYS);
  }

  private static void addMachineMemory() {
    for (int i = 0; i < Pmp.ENTRIES; i++) {
      int entry = i;
      Csr.Writer addr = (h, v) -> h.protect(() -> h.pmp.writeAddr(entry, v));
      add("pmpaddr" + i, 0x3b0 + i, h -> h.pmp.readAddr(entry), addr);
      if (i % 8 == 0) {
        Csr.Writer cfg = (h, v) -> h.protect(() -> h.pmp.writeCfg(entry, v));
        add("pmpcfg" + i / 4, 0x3a0 + i / 4, h -> h.pmp.readCfg(entry), cfg);
      }
    }
  }

  private static void setPending(RiscvHart hart, long value, long writable) {
    hart.setMipWritten(hart.mipWritten & ~writable | value & writable);
  }

  /** Modes 2 and 3 are reserved: a write of them has no effect. */
  private static long legalTvec(long old, long value) {
    return (value & 2) != 0 ? old : value;
  }
}

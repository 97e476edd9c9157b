package vivarium.isa.riscv;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import vivarium.isa.riscv.paging.SvFormat;

/**
 * The control and status registers that a hart has, by number, and who may access them; what is not
 * here is an illegal instruction. {@link CsrAccess} says what each holds.
 */
final class CsrTable {
  /** What must hold for an access, apart from the privilege that is part of the number. */
  private enum Guard {
    /** Nothing more. */
    NONE,
    /** mstatus.FS is not Off. */
    FLOATS,
    /** Below M the counter's bit is set in mcounteren, in U also in scounteren. */
    COUNTER,
    /** Sstc: below M stimecmp exists if menvcfg.STCE is set, and needs mcounteren.TM. */
    TIMER,
    /** In S-mode mstatus.TVM is clear. */
    SATP
  }

  private static final long COUNTER_TM = 1 << 1;
  private static final int NUMBERS = 1 << 12;

  private static final @Nullable String[] NAMES = new @Nullable String[NUMBERS];
  private static final @Nullable Guard[] GUARDS = new @Nullable Guard[NUMBERS];

  static {
    addFloatingPoint();
    addCounters();
    addSupervisor();
    addMachineInformation();
    addMachineTraps();
    addMachineMemory();
  }

  private CsrTable() {}

  /** Whether a hart has a register, and may access it in its present state. */
  static boolean allows(RiscvHart hart, int number) {
    Guard guard = GUARDS[number & NUMBERS - 1];
    return hart.privilege() >= Csr.privilege(number)
        && guard != null
        && (guard == Guard.NONE || meets(hart, number, guard));
  }

  private static boolean meets(RiscvHart hart, int number, Guard guard) {
    return switch (guard) {
      case NONE -> true;
      case FLOATS -> (hart.mstatus & Mstatus.FS) != 0;
      case COUNTER -> (enabledCounters(hart) >>> number - Csr.CYCLE & 1) != 0;
      case TIMER ->
          hart.privilege() == SvFormat.MACHINE
              || hart.hasStimecmp() && (hart.mcounteren & COUNTER_TM) != 0;
      case SATP -> hart.privilege() == SvFormat.MACHINE || (hart.mstatus & Mstatus.TVM) == 0;
    };
  }

  private static long enabledCounters(RiscvHart hart) {
    return switch (hart.privilege()) {
      case SvFormat.MACHINE -> -1;
      case SvFormat.SUPERVISOR -> hart.mcounteren;
      default -> hart.mcounteren & hart.scounteren;
    };
  }

  /** All registers but the performance counters and the shadows of counters, by number. */
  static Map<String, Long> values(RiscvHart hart) {
    Map<String, Long> values = new LinkedHashMap<>();
    for (int number = 0; number < NUMBERS; number++) {
      String name = NAMES[number];
      if (name != null && !isShadow(number)) {
        values.put(name, CsrAccess.read(hart, number));
      }
    }
    return values;
  }

  private static boolean isShadow(int number) {
    return number >>> 5 == Csr.CYCLE >>> 5
        || number >= Csr.MHPMCOUNTER + Csr.HPM_FIRST && number <= Csr.MHPMCOUNTER + Csr.HPM_LAST
        || number >= Csr.MHPMEVENT + Csr.HPM_FIRST && number <= Csr.MHPMEVENT + Csr.HPM_LAST;
  }

  private static void add(String name, int number) {
    add(name, number, Guard.NONE);
  }

  private static void add(String name, int number, Guard guard) {
    NAMES[number] = name;
    GUARDS[number] = guard;
  }

  private static void addFloatingPoint() {
    add("fflags", Csr.FFLAGS, Guard.FLOATS);
    add("frm", Csr.FRM, Guard.FLOATS);
    add("fcsr", Csr.FCSR, Guard.FLOATS);
  }

  private static void addCounters() {
    add("mcycle", Csr.MCYCLE);
    add("minstret", Csr.MINSTRET);
    add("mcountinhibit", Csr.MCOUNTINHIBIT);
    add("cycle", Csr.CYCLE, Guard.COUNTER);
    add("time", Csr.TIME, Guard.COUNTER);
    add("instret", Csr.INSTRET, Guard.COUNTER);
    for (int i = Csr.HPM_FIRST; i <= Csr.HPM_LAST; i++) {
      add("hpmcounter" + i, Csr.HPMCOUNTER + i, Guard.COUNTER);
      add("mhpmcounter" + i, Csr.MHPMCOUNTER + i);
      add("mhpmevent" + i, Csr.MHPMEVENT + i);
    }
  }

  private static void addSupervisor() {
    add("sstatus", Csr.SSTATUS);
    add("sie", Csr.SIE);
    add("stvec", Csr.STVEC);
    add("scounteren", Csr.SCOUNTEREN);
    add("senvcfg", Csr.SENVCFG);
    add("sscratch", Csr.SSCRATCH);
    add("sepc", Csr.SEPC);
    add("scause", Csr.SCAUSE);
    add("stval", Csr.STVAL);
    add("sip", Csr.SIP);
    add("stimecmp", Csr.STIMECMP, Guard.TIMER);
    add("satp", Csr.SATP, Guard.SATP);
  }

  private static void addMachineInformation() {
    add("mvendorid", Csr.MVENDORID);
    add("marchid", Csr.MARCHID);
    add("mimpid", Csr.MIMPID);
    add("mhartid", Csr.MHARTID);
    add("mconfigptr", Csr.MCONFIGPTR);
    add("misa", Csr.MISA);
    add("tselect", Csr.TSELECT);
    add("tdata1", Csr.TDATA1);
    add("tdata2", Csr.TDATA2);
    add("tdata3", Csr.TDATA3);
  }

  private static void addMachineTraps() {
    add("mstatus", Csr.MSTATUS);
    add("medeleg", Csr.MEDELEG);
    add("mideleg", Csr.MIDELEG);
    add("mie", Csr.MIE);
    add("mtvec", Csr.MTVEC);
    add("mcounteren", Csr.MCOUNTEREN);
    add("menvcfg", Csr.MENVCFG);
    add("mscratch", Csr.MSCRATCH);
    add("mepc", Csr.MEPC);
    add("mcause", Csr.MCAUSE);
    add("mtval", Csr.MTVAL);
    add("mip", Csr.MIP);
  }

  private static void addMachineMemory() {
    add("pmpcfg0", Csr.PMPCFG0);
    add("pmpcfg2", Csr.PMPCFG0 + 2);
    for (int i = 0; i < Pmp.ENTRIES; i++) {
      add("pmpaddr" + i, Csr.PMPADDR0 + i);
    }
  }
}

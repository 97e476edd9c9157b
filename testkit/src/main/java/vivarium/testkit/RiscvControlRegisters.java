package vivarium.testkit;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Numbers of RISC-V's control and status registers: privileged specification, tables 2.2 to 2.6.
 */
final class RiscvControlRegisters {
  private static final Map<String, Integer> NUMBERS = numbers();

  private RiscvControlRegisters() {}

  static OptionalLong number(String name) {
    Integer number = NUMBERS.get(name);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }

  private static Map<String, Integer> numbers() {
    Map<String, Integer> numbers = new HashMap<>();
    from(numbers, 0x001, "fflags frm fcsr");
    from(numbers, 0x100, "sstatus - - - sie stvec scounteren - - - senvcfg");
    from(numbers, 0x140, "sscratch sepc scause stval sip");
    from(numbers, 0x14d, "stimecmp");
    from(numbers, 0x180, "satp");
    from(numbers, 0x300, "mstatus misa medeleg mideleg mie mtvec mcounteren - - - menvcfg");
    from(numbers, 0x320, "mcountinhibit");
    from(numbers, 0x340, "mscratch mepc mcause mtval mip");
    from(numbers, 0xb00, "mcycle - minstret");
    from(numbers, 0xc00, "cycle time instret");
    from(numbers, 0xf11, "mvendorid marchid mimpid mhartid mconfigptr");
    for (int i = 0; i < 16; i += 2) {
      numbers.put("pmpcfg" + i, 0x3a0 + i);
    }
    for (int i = 0; i < 64; i++) {
      numbers.put("pmpaddr" + i, 0x3b0 + i);
    }
    for (int i = 3; i < 32; i++) {
      numbers.put("mhpmevent" + i, 0x320 + i);
      numbers.put("mhpmcounter" + i, 0xb00 + i);
      numbers.put("hpmcounter" + i, 0xc00 + i);
    }
    for (int i = 0; i < 4; i++) {
      numbers.put("tselect tdata1 tdata2 tdata3".split(" ")[i], 0x7a0 + i);
    }
    return Map.copyOf(numbers);
  }

  private static void from(Map<String, Integer> numbers, int first, String names) {
    int number = first;
    for (String name : names.split(" ")) {
      numbers.put(name, number++);
    }
    numbers.remove("-");
  }
}

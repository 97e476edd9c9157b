package vivarium.memory.shadow;

import java.util.Map;
import vivarium.api.memory.MemoryStrategy;
import vivarium.api.memory.RamFrames;
import vivarium.isa.riscv.RiscvInstructionSet;
import vivarium.isa.riscv.paging.SvFormat;
import vivarium.testkit.paging.PagedGuest;

/** Guests as these tests want them. */
final class Guests {
  /** S-mode, accessed and dirty bits set by hardware. */
  static final int KERNEL = SvFormat.SUPERVISOR | SvFormat.ADUE;

  private Guests() {}

  static PagedGuest of(
      MemoryStrategy strategy, RamFrames ramFrames, int tableFrames, String... option) {
    Map<String, String> options = option.length == 0 ? Map.of() : Map.of(option[0], option[1]);
    return new PagedGuest(new RiscvInstructionSet(), strategy, ramFrames, tableFrames, options);
  }

  /** A guest under shadow tables, RAM in order, with frames enough. */
  static PagedGuest shadowed() {
    return of(new ShadowStrategy(), PagedGuest.IN_ORDER, 64);
  }
}

package vivarium.isa.riscv;

import org.jspecify.annotations.Nullable;
import vivarium.api.memory.TranslationContext;
import vivarium.isa.riscv.paging.SvFormat;

/**
 * The translation contexts of one hart, interned: the same satp and mode bits give the same object
 * for as long as it keeps its slot. The slot used least recently is given away when all are taken.
 */
final class Contexts {
  private static final int SLOTS = TranslationContext.MAX_CONTEXTS;

  /** Modes are sets of bits below this. */
  private static final int MODES = 2 * SvFormat.ADUE;

  private final RiscvHart hart;
  private final @Nullable TranslationContext[] contexts = new @Nullable TranslationContext[SLOTS];
  private final long[] satps = new long[SLOTS];
  private final int[] modes = new int[SLOTS];
  private final long[] lastUse = new long[SLOTS];
  private long now;

  /** The context found last for each mode: traps and returns go to and fro between a few. */
  private final @Nullable TranslationContext[] latest = new @Nullable TranslationContext[MODES];

  Contexts(RiscvHart hart) {
    this.hart = hart;
  }

  /**
   * The context of a page table and mode.
   *
   * @param satp with format and root; 0 where addresses are not translated
   * @param mode bits as {@link SvFormat} reads them
   * @param kept a context that must not lose its slot, or {@code null}
   */
  TranslationContext of(long satp, int mode, @Nullable TranslationContext kept) {
    TranslationContext last = latest[mode];
    if (last != null && satps[last.index()] == satp && contexts[last.index()] == last) {
      lastUse[last.index()] = ++now;
      return last;
    }
    TranslationContext found = find(satp, mode, kept);
    latest[mode] = found;
    return found;
  }

  private TranslationContext find(long satp, int mode, @Nullable TranslationContext kept) {
    int oldest = -1;
    for (int i = 0; i < SLOTS; i++) {
      TranslationContext context = contexts[i];
      if (satps[i] == satp && modes[i] == mode && context != null) {
        lastUse[i] = ++now;
        return context;
      }
      boolean free = kept == null || kept.index() != i;
      if (free && (oldest < 0 || lastUse[i] < lastUse[oldest])) {
        oldest = i;
      }
    }
    if (contexts[oldest] != null) {
      hart.mmu().forget(oldest);
    }
    TranslationContext made =
        new TranslationContext(
            hart, oldest, Satp.format(satp), Satp.root(satp), Satp.asid(satp), mode);
    contexts[oldest] = made;
    satps[oldest] = satp;
    modes[oldest] = mode;
    lastUse[oldest] = ++now;
    return made;
  }

  /** A bit for each context that a fence of an address space concerns. */
  int concerned(int asid, boolean allSpaces) {
    int bits = 0;
    for (int i = 0; i < SLOTS; i++) {
      TranslationContext context = contexts[i];
      if (context != null && context.format() != null && (allSpaces || context.asid() == asid)) {
        bits |= 1 << i;
      }
    }
    return bits;
  }
}

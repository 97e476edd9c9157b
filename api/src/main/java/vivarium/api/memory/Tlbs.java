package vivarium.api.memory;

import org.jspecify.annotations.Nullable;

/** The TLBs of one {@link Mmu}, one for each translation context, made when first needed. */
final class Tlbs {
  private final @Nullable Tlb[] tlbs = new @Nullable Tlb[TranslationContext.MAX_CONTEXTS];

  /** The TLB of a context. */
  Tlb of(TranslationContext context) {
    Tlb tlb = tlbs[context.index()];
    if (tlb == null) {
      tlb = new Tlb();
      tlbs[context.index()] = tlb;
    }
    return tlb;
  }

  /** Whether a context maps an address by a large page, as far as is known. */
  boolean inLargePage(int contextIndex, long va) {
    Tlb tlb = tlbs[contextIndex];
    return tlb != null && tlb.inLargePage(va);
  }

  /** Drops the entries that lead to a host page: those for stores, or all. */
  void dropHostPage(long hostPage, boolean loads) {
    for (Tlb tlb : tlbs) {
      if (tlb != null) {
        tlb.dropHostPage(hostPage, loads);
      }
    }
  }

  /** Drops a context's entries: all, or those of one virtual page. */
  void drop(int contextIndex, boolean allAddresses, long va) {
    Tlb tlb = tlbs[contextIndex];
    if (tlb != null && allAddresses) {
      tlb.clear();
    } else if (tlb != null) {
      tlb.drop(va);
    }
  }
}

package vivarium.api.memory;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Hart;

/** The TLBs of one {@link Mmu}, one for each translation context, made when first needed. */
final class Tlbs {
  private final @Nullable Tlb[] tlbs = new @Nullable Tlb[TranslationContext.MAX_CONTEXTS];

  /** Span of the page that maps everything, where nothing is translated. */
  private static final long UNLIMITED = 1L << 62;

  private final NearMemory near = new NearMemory();

  /** The windows of the current context. */
  NearMemory near() {
    return near;
  }

  /** Makes the TLB of a context current. */
  Tlb switchTo(TranslationContext context) {
    Tlb tlb = of(context);
    near.use(tlb);
    return tlb;
  }

  /**
   * Fills an entry of the current context in: {@link Tlb#fill}.
   *
   * @return the TLB, another one if it has grown
   */
  Tlb fill(TranslationContext current, long va, long addend, boolean load, boolean store) {
    Tlb tlb = of(current);
    tlb.fill(va, addend, load, store);
    if (tlb.isCrowded()) {
      tlb = tlb.grown();
      tlbs[current.index()] = tlb;
      near.use(tlb);
    } else {
      near.refresh();
    }
    return tlb;
  }

  /** Has the current windows reach a page that has been filled in, and is part of a large one. */
  void bridge(Hart hart, GuestMemory memory, Translation leaf, long va) {
    TranslationContext context = hart.mmu().dataContext();
    long span = context.format() == null ? UNLIMITED : leaf.span();
    if (span == GuestMemory.PAGE_BYTES) {
      return;
    }
    Tlb tlb = of(context);
    LongPredicate loads =
        gpa -> memory.mayLoadDirectly(gpa) && permits(hart, context, gpa, Access.LOAD);
    LongPredicate stores =
        gpa -> memory.mayStoreDirectly(gpa) && permits(hart, context, gpa, Access.STORE);
    tlb.loads.bridge(memory, leaf.gpa(), va, span, loads);
    tlb.stores.bridge(memory, leaf.gpa(), va, span, stores);
    near.refresh();
  }

  private static boolean permits(Hart hart, TranslationContext context, long gpa, Access access) {
    int allowed = hart.physicalPermissions(context, gpa, GuestMemory.PAGE_BYTES);
    return allowed > 0 && (allowed & access.mask()) != 0;
  }

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
    near.refresh();
  }

  /** Drops a context's entries: all, or those of one virtual page. */
  void drop(int contextIndex, boolean allAddresses, long va) {
    Tlb tlb = tlbs[contextIndex];
    if (tlb != null && allAddresses) {
      tlb.clear();
    } else if (tlb != null) {
      tlb.drop(va);
    }
    near.refresh();
  }
}

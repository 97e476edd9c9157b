package vivarium.api.memory;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import vivarium.api.cpu.Activity;
import vivarium.api.cpu.Counters;
import vivarium.api.isa.Hart;
import vivarium.api.isa.Trap;

/**
 * What {@link Mmu} does at a miss: asks the memory strategy, then physical memory protection. It
 * notes large pages, because a fence of one address in them concerns them as a whole.
 */
final class Resolver {
  private static final int PAGE_BYTES = GuestMemory.PAGE_BYTES;
  private static final long PAGE_MASK = -PAGE_BYTES;

  private final Hart hart;
  private final Tlbs tlbs;
  private final Translation translation = new Translation();
  private @Nullable Paging paging;

  Resolver(Hart hart, Tlbs tlbs) {
    this.hart = hart;
    this.tlbs = tlbs;
  }

  void setPaging(Paging newPaging) {
    paging = newPaging;
  }

  /** What was found last. */
  Translation found() {
    return translation;
  }

  /** Resolves an address; returns the guest's fault, or {@code null}. See {@link Mmu#resolve}. */
  @Nullable Trap resolve(TranslationContext context, long va, int length, Access access)
      throws Trap {
    Trap fault = translate(context, va, access);
    if (fault != null) {
      return fault;
    }
    if (translation.span() > PAGE_BYTES) {
      tlbs.of(context).noteLargePage(va, translation.span());
    }
    long gpa = translation.gpa();
    int allowed = hart.physicalPermissions(context, gpa & PAGE_MASK, PAGE_BYTES);
    if (allowed < 0) {
      if ((hart.physicalPermissions(context, gpa, length) & access.mask()) == 0) {
        return hart.accessFault(access, va);
      }
      translation.restrict(0);
    } else if ((allowed & access.mask()) == 0) {
      return hart.accessFault(access, va);
    } else {
      translation.restrict(allowed);
    }
    return null;
  }

  private @Nullable Trap translate(TranslationContext context, long va, Access access) throws Trap {
    Counters counters = hart.counters();
    int before = counters.begin(Activity.MEMORY);
    try {
      return Objects.requireNonNull(paging, "no memory strategy")
          .translate(context, va, access, translation);
    } finally {
      counters.end(before);
    }
  }
}

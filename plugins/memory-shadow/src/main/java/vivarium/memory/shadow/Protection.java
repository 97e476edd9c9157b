package vivarium.memory.shadow;

import java.util.ArrayList;
import java.util.List;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.TranslationContext;

/**
 * Physical memory protection of the harts whose walks the shadows answer: a table may be shadowed
 * only if all of them may read and write it, because a walk of the shadow asks no one.
 */
final class Protection {
  private static final int NEEDED = Access.LOAD.mask() | Access.STORE.mask();

  private final GuestMemory memory;
  private final List<TranslationContext> walkers = new ArrayList<>();

  Protection(GuestMemory memory) {
    this.memory = memory;
  }

  /** Adds a hart, by one of its translated contexts, if it is new; whether it is. */
  boolean addWalker(TranslationContext context) {
    for (TranslationContext walker : walkers) {
      if (walker.hart().equals(context.hart())) {
        return false;
      }
    }
    walkers.add(context);
    return true;
  }

  /** Whether all of RAM is open to everyone, as it mostly is. */
  boolean isOpen() {
    return allows(memory.base(), memory.size());
  }

  /** Whether a table may lie in a page. */
  boolean allowsTable(long gpa) {
    return allows(gpa, GuestMemory.PAGE_BYTES);
  }

  private boolean allows(long gpa, long length) {
    for (TranslationContext walker : walkers) {
      int allowed = walker.hart().physicalPermissions(walker, gpa, length);
      if (allowed < 0 || (allowed & NEEDED) != NEEDED) {
        return false;
      }
    }
    return true;
  }
}

package vivarium.memory.protection;

import java.util.ArrayList;
import java.util.List;
import vivarium.api.memory.Access;
import vivarium.api.memory.GuestMemory;
import vivarium.api.memory.TranslationContext;

/**
 * Physical memory protection of the harts that walk the tables in their frames. Such a walk asks no
 * one, so that a page may be a table only if all harts may read and write it; where that is not so,
 * walks are interpreted, and ask at each reference.
 */
final class Protection {
  private static final int NEEDED = Access.LOAD.mask() | Access.STORE.mask();

  private final List<TranslationContext> walkers = new ArrayList<>();

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

  /** Whether a page may be a table. */
  boolean allowsTable(long gpa) {
    for (TranslationContext walker : walkers) {
      int allowed = walker.hart().physicalPermissions(walker, gpa, GuestMemory.PAGE_BYTES);
      if (allowed < 0 || (allowed & NEEDED) != NEEDED) {
        return false;
      }
    }
    return true;
  }
}

package vivarium.api.memory;

import java.util.ArrayList;
import java.util.List;

/**
 * Physical memory protection of the harts for which a memory strategy keeps tables that are walked
 * without asking anyone: the guest's own in their frames, or shadows of them. A page may serve as
 * such a table only if all of these harts may read and write it.
 */
public final class WalkerProtection {
  private static final int NEEDED = Access.LOAD.mask() | Access.STORE.mask();

  private final GuestMemory memory;
  private final List<TranslationContext> walkers = new ArrayList<>();

  /** Makes it for a machine whose harts are still to be added. */
  public WalkerProtection(GuestMemory memory) {
    this.memory = memory;
  }

  /** Adds a hart, by one of its translated contexts, if it is new; whether it is. */
  public boolean addWalker(TranslationContext context) {
    for (TranslationContext walker : walkers) {
      if (walker.hart().equals(context.hart())) {
        return false;
      }
    }
    walkers.add(context);
    return true;
  }

  /** Whether all of RAM is open to everyone, as it mostly is. */
  public boolean isOpen() {
    return allows(memory.base(), memory.size());
  }

  /** Whether a page may serve as a table. */
  public boolean allowsTable(long gpa) {
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

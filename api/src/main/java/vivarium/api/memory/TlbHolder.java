package vivarium.api.memory;

/**
 * Whoever keeps TLB entries: the {@link Mmu} and each engine with a TLB of its own. Called on the
 * machine's own thread.
 */
public interface TlbHolder {
  /** Drop every entry that lets a store reach this guest-physical page directly. */
  void dropStores(long gpaPage);

  /** Drop every entry, loads too, that reaches this guest-physical page directly. */
  void dropPage(long gpaPage);

  /** Drop the entries of one context: all, or those of one virtual page. */
  void dropContext(int contextIndex, boolean allAddresses, long va);
}

package vivarium.api.memory;

import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Trap;

/**
 * A memory strategy at work for one machine. All calls come from the thread of the hart concerned;
 * only {@link #translate} is at all frequent (once per TLB miss).
 */
public interface Paging extends AutoCloseable {
  /**
   * Resolves a TLB miss: the address in {@code context} to guest-physical memory or to nothing that
   * is memory (a device, or a hole: the caller asks the bus). The {@linkplain Translation result}
   * says what may be cached.
   *
   * @return the guest's own page or access fault, or {@code null}; returned, because to throw it
   *     through a strategy's methods takes longer than all else that a page fault needs
   * @throws Trap the same, where it is rare
   */
  @Nullable Trap translate(TranslationContext context, long va, Access access, Translation result)
      throws Trap;

  /** The guest made {@code context} the current one for data or fetches (RISC-V: wrote satp). */
  void switchTo(TranslationContext context);

  /**
   * The guest ordered its page-table writes before later accesses (RISC-V: {@code sfence.vma}). The
   * TLBs have been told already; this is for what the strategy keeps.
   *
   * @param va the page, if not {@code allAddresses}
   * @param asid the address space, if not {@code allSpaces}
   */
  void fence(long va, boolean allAddresses, int asid, boolean allSpaces);

  @Override
  void close();
}

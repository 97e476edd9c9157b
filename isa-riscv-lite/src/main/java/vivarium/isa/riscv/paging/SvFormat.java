package vivarium.isa.riscv.paging;

import vivarium.api.memory.Access;
import vivarium.api.memory.PageTableFormat;
import vivarium.api.memory.TableMemory;
import vivarium.api.memory.TranslationContext;
import vivarium.api.memory.Walk;

/**
 * Sv39 and Sv48 (privileged specification 1.13, sections 12.3 to 12.5). Svnapot and Svpbmt are not
 * implemented, so that bits 54 to 63 of an entry are reserved. Accessed and dirty bits are updated
 * by hardware where the context's mode has {@link #ADUE} (Svadu), and fault otherwise (Svade).
 */
public final class SvFormat implements PageTableFormat {
  /** Three levels, satp mode 8. */
  public static final SvFormat SV39 = new SvFormat("Sv39", 3);

  /** Four levels, satp mode 9. */
  public static final SvFormat SV48 = new SvFormat("Sv48", 4);

  /** The bits of {@link TranslationContext#mode()} that hold the effective privilege. */
  public static final int PRIVILEGE = 3;

  /** Effective privilege U. */
  public static final int USER = 0;

  /** Effective privilege S. */
  public static final int SUPERVISOR = 1;

  /** Effective privilege M. */
  public static final int MACHINE = 3;

  /** Bit of {@link TranslationContext#mode()}: mstatus.SUM. */
  public static final int SUM = 4;

  /** Bit of {@link TranslationContext#mode()}: mstatus.MXR. */
  public static final int MXR = 8;

  /** Bit of {@link TranslationContext#mode()}: menvcfg.ADUE. */
  public static final int ADUE = 16;

  private static final long V = 1;
  private static final long R = 1 << 1;
  private static final long W = 1 << 2;
  private static final long X = 1 << 3;
  private static final long U = 1 << 4;
  private static final long G = 1 << 5;
  private static final long A = 1 << 6;
  private static final long D = 1 << 7;
  private static final int PPN_SHIFT = 10;
  private static final long PPN = (1L << 54) - (1L << PPN_SHIFT);
  private static final long RESERVED = -1L << 54;
  private static final int PAGE_SHIFT = 12;
  private static final int VPN_BITS = 9;
  private static final int PTE_BYTES = 8;

  private final String name;
  private final int levels;

  private SvFormat(String name, int levels) {
    this.name = name;
    this.levels = levels;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int levels() {
    return levels;
  }

  @Override
  public int indexBits() {
    return VPN_BITS;
  }

  @Override
  public int entryBytes() {
    return PTE_BYTES;
  }

  @Override
  public boolean canonical(long va) {
    int unused = 64 - PAGE_SHIFT - VPN_BITS * levels;
    return va << unused >> unused == va;
  }

  /** Section 12.3.2, "Virtual Address Translation Process"; the numbers are the manual's. */
  @Override
  public void walk(
      TranslationContext context,
      TableMemory tables,
      long root,
      long va,
      Access access,
      Walk result) {
    if (!canonical(va)) {
      result.fault(Walk.Outcome.PAGE_FAULT, levels - 1, root, 0);
      return;
    }
    // 1. Start at the root.
    long a = root;
    int i = levels - 1;
    boolean global = false;
    while (true) {
      // 2. Read the entry; where there is no memory, that is an access fault.
      long entryAddress = a + PTE_BYTES * vpn(va, i);
      long pte = tables.read(entryAddress);
      if (pte == TableMemory.MISSING) {
        result.fault(Walk.Outcome.ACCESS_FAULT, i, entryAddress, pte);
        return;
      }
      global |= (pte & G) != 0;
      // 3. and 4. A pointer leads to the next level, if there is one.
      if (isTable(pte) && i > 0) {
        a = address(pte);
        i--;
        continue;
      }
      // 3. to 8. What is not a valid leaf, or does not allow the access, is a page fault.
      int allowed = isLeaf(pte, i) ? allowed(context.mode(), pte) : 0;
      if ((allowed & access.mask()) == 0) {
        result.fault(Walk.Outcome.PAGE_FAULT, i, entryAddress, pte);
        return;
      }
      // 9. Accessed and dirty bits.
      if (!isMarked(pte, access)) {
        if ((context.mode() & ADUE) == 0) {
          result.fault(Walk.Outcome.PAGE_FAULT, i, entryAddress, pte);
          return;
        }
        long marked = pte | A | (access == Access.STORE ? D : 0);
        if (!tables.compareAndSet(entryAddress, pte, marked)) {
          // Back to step 2 with the same level.
          continue;
        }
        pte = marked;
      }
      // 10. Superpages take the low page numbers from the virtual address.
      long offset = va & (1L << PAGE_SHIFT + VPN_BITS * i) - 1;
      int cacheable = (pte & D) != 0 ? allowed : allowed & ~Access.STORE.mask();
      result.mapped(address(pte) | offset, i, cacheable, entryAddress, pte, global);
      return;
    }
  }

  private static long vpn(long va, int level) {
    return va >>> PAGE_SHIFT + VPN_BITS * level & (1 << VPN_BITS) - 1;
  }

  /** Steps 6 to 8: the accesses that the U, R, W and X bits allow. */
  private static int allowed(int mode, long pte) {
    boolean user = (mode & PRIVILEGE) == USER;
    boolean userPage = (pte & U) != 0;
    if (user != userPage && (user || (mode & SUM) == 0)) {
      return 0;
    }
    int allowed = 0;
    if ((pte & R) != 0 || (pte & X) != 0 && (mode & MXR) != 0) {
      allowed |= Access.LOAD.mask();
    }
    if ((pte & W) != 0) {
      allowed |= Access.STORE.mask();
    }
    // SUM never lets S-mode execute from user pages.
    if ((pte & X) != 0 && user == userPage) {
      allowed |= Access.FETCH.mask();
    }
    return allowed;
  }

  /** Steps 3 and 4; D, A and U are reserved in a pointer. */
  @Override
  public boolean isTable(long entry) {
    return (entry & (V | R | W | X | U | A | D | RESERVED)) == V;
  }

  /** Steps 3 to 5. */
  @Override
  public boolean isLeaf(long entry, int level) {
    boolean valid = (entry & V) != 0 && (entry & RESERVED) == 0;
    boolean readableOrExecutable = (entry & R) != 0 || (entry & (W | X)) == X;
    long lowPpn = (1L << VPN_BITS * level) - 1 << PPN_SHIFT;
    return valid && readableOrExecutable && (entry & lowPpn) == 0;
  }

  @Override
  public long address(long entry) {
    return (entry & PPN) >>> PPN_SHIFT << PAGE_SHIFT;
  }

  @Override
  public long withAddress(long entry, long address) {
    return entry & ~PPN | address >>> PAGE_SHIFT << PPN_SHIFT & PPN;
  }

  @Override
  public long tableEntry(long address) {
    return withAddress(V, address);
  }

  @Override
  public long readOnly(long entry) {
    return entry & ~W;
  }

  @Override
  public boolean isGlobal(long entry) {
    return (entry & G) != 0;
  }

  @Override
  public boolean isMarked(long entry, Access access) {
    long needed = access == Access.STORE ? A | D : A;
    return (entry & needed) == needed;
  }

  @Override
  public String toString() {
    return name;
  }
}

package vivarium.api.memory;

import org.jspecify.annotations.Nullable;
import vivarium.api.isa.Hart;

/**
 * Everything that decides what a virtual address means and may be used for: the page table, the
 * address-space number, and the mode bits that the instruction set's permission check reads
 * (RISC-V: effective privilege, SUM, MXR). A TLB entry belongs to one context, so that changing any
 * of these is a change of context and no flush.
 *
 * <p>Contexts are made by the {@link Hart}, a bounded number of them, and compared by identity.
 */
public final class TranslationContext {
  /** Most contexts a hart has at a time; {@link #index()} is below it. */
  public static final int MAX_CONTEXTS = 16;

  private final Hart hart;
  private final int index;
  private final @Nullable PageTableFormat format;
  private final long root;
  private final int asid;
  private final int mode;

  /**
   * Makes a context.
   *
   * @param hart whose context it is
   * @param index its slot among the hart's contexts; a context that takes over a slot follows
   *     {@link Mmu#forget}
   * @param format the page table's format, or {@code null} where addresses are not translated
   * @param root guest-physical address of the root page table
   * @param asid address-space identifier
   * @param mode bits of the instruction set's own meaning
   */
  public TranslationContext(
      Hart hart, int index, @Nullable PageTableFormat format, long root, int asid, int mode) {
    this.hart = hart;
    this.index = index;
    this.format = format;
    this.root = root;
    this.asid = asid;
    this.mode = mode;
  }

  /** Whose context it is. */
  public Hart hart() {
    return hart;
  }

  /** The slot, below {@link #MAX_CONTEXTS}. */
  public int index() {
    return index;
  }

  /** The page table's format, or {@code null}: virtual addresses are guest-physical ones. */
  public @Nullable PageTableFormat format() {
    return format;
  }

  /** Guest-physical address of the root page table. */
  public long root() {
    return root;
  }

  /** Address-space identifier. */
  public int asid() {
    return asid;
  }

  /** Mode bits of the instruction set's own meaning. */
  public int mode() {
    return mode;
  }
}

package vivarium.cpu.translation.graph;

import vivarium.api.isa.Trap;

/** Where {@link TraceBuilder} gets guest code from. */
public interface CodeSource {
  /**
   * Bits of code.
   *
   * @param gpa guest-physical address, within RAM
   * @param bytes the size of a parcel
   */
  long load(long gpa, int bytes);

  /**
   * Guest-physical address of the page in which an instruction that crosses a page goes on. The
   * builder passes on what it throws.
   *
   * @param va first address of that page
   */
  long secondPage(long va) throws Trap;

  /**
   * Whether a trace begins at an address, so that another may end there rather than repeat it.
   *
   * @param gpa guest-physical address, of the page that the trace begins in
   */
  default boolean isHead(long gpa) {
    return false;
  }
}

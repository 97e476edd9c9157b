package vivarium.cpu.translation.nativ;

import org.jspecify.annotations.Nullable;

/** A CHAIN or INDIRECT site: a jump that can be linked to the trace it leads to. */
final class LinkSite extends Site {
  /** Offset in code memory of the displacement to patch, or -1 if it may not be. */
  int patchAt = -1;

  /** INDIRECT: offset of the address for which the linked jump is right (64 bits). */
  int expectedAt;

  /** INDIRECT: offset of the displacement of the jump for other addresses. */
  int otherwiseAt;

  /** Offset in code memory where the jump leads that is not linked. */
  int unlinkedAt;

  /** The trace it is linked to. */
  @Nullable Trace target;

  /** The next site that is linked to the same trace. */
  @Nullable LinkSite nextIncoming;

  LinkSite(Kind kind, Trace trace, int number, long pc) {
    super(kind, trace, number, pc);
  }
}

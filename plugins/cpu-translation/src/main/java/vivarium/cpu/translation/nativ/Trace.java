package vivarium.cpu.translation.nativ;

import org.jspecify.annotations.Nullable;

/**
 * Emitted code for a piece of guest code that begins at one virtual and one guest-physical address,
 * under one key (units that are ready, shape of the data TLB, rounding).
 */
final class Trace {
  final long gpa;
  final long pc;
  final int key;

  /** Guest-physical address of a second page with code of this trace, or -1. */
  final long secondPage;

  /** Offset of its head in code memory. */
  final int code;

  /** Steps taken off the budget at the head. */
  int steps;

  /** Host registers of pinned guest registers that its loop uses otherwise, as a set. */
  int borrowed;

  /** Offset in code memory of what gives its loop those registers back, or -1. */
  int reborrow = -1;

  /** Sites of other traces, and its own, that jump here directly; {@link LinkSite#nextIncoming}. */
  @Nullable LinkSite incoming;

  /** All sites of this trace; {@link Site#nextOfTrace}. */
  @Nullable Site sites;

  /** Pairs of guest-physical addresses, start and end, of the bytes it was made from. */
  long[] ranges = {};

  /** The next one in its place of {@link TraceCache}'s table. */
  @Nullable Trace nextFound;

  /** Its code is plain: to be made anew from a graph if it proves hot. */
  boolean plain;

  /** It has proved hot before, is a loop, or crosses pages: there is no better code for it. */
  boolean settled;

  /** How many slices of the budget have ended at its head. */
  int slices;

  /** Nothing leads to it any more: its guest code has been overwritten. */
  boolean dropped;

  Trace(long gpa, long pc, int key, long secondPage, int code) {
    this.gpa = gpa;
    this.pc = pc;
    this.key = key;
    this.secondPage = secondPage;
    this.code = code;
  }

  /** Whether any of its bytes are in a range. */
  boolean touches(long from, int length) {
    for (int i = 0; i < ranges.length; i += 2) {
      if (from < ranges[i + 1] && ranges[i] < from + length) {
        return true;
      }
    }
    return false;
  }
}

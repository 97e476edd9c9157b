package vivarium.cpu.translation.nativ;

import java.util.ArrayList;
import java.util.List;

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

  /** Sites of other traces, and its own, that jump here directly. */
  final List<Site> incoming = new ArrayList<>(2);

  /** Sites of this trace that are linked to others. */
  final List<Site> sites = new ArrayList<>();

  /** Pairs of guest-physical addresses, start and end, of the bytes it was made from. */
  long[] ranges = {};

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

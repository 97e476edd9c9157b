package vivarium.cpu.interpretation;

import vivarium.api.isa.Decoded;

/**
 * A piece of straight-line guest code, decoded: it is entered at its first instruction and left by
 * a jump, by its last instruction, or by a trap. Found by guest-physical address, so that it
 * survives remapping.
 *
 * @param gpa guest-physical address of the first byte
 * @param ready the units ({@link vivarium.api.isa.Hart#ready}) it was decoded for
 * @param secondPage guest-physical address of the page its one instruction goes on in, or -1: only
 *     a block of one instruction crosses pages
 * @param bytes length of its code
 * @param kinds number of each operation, as in its packed form
 * @param operations packed operations, then the offset of each and of the end
 * @param decoded the instructions, for those that leave the generated code
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity only
record Block(
    long gpa,
    int ready,
    long secondPage,
    int bytes,
    short[] kinds,
    long[] operations,
    Decoded[] decoded) {

  /** Whether any of its bytes are in the range. */
  boolean touches(long from, int length) {
    if (from < gpa + bytes && gpa < from + length && secondPage < 0) {
      return true;
    }
    if (secondPage < 0) {
      return false;
    }
    long inFirst = -gpa & 0xfff;
    long second = secondPage + bytes - inFirst;
    return from < gpa + inFirst && gpa < from + length
        || from < second && secondPage < from + length;
  }
}

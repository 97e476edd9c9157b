package vivarium.cpu.translation.x64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The bytes under construction, and the labels in them. Reused for one piece of code after another
 * by {@link #reset}; used by one thread.
 *
 * <p>Nothing checks for room as bytes are written: the caller {@linkplain #reserve reserves} once
 * for a run of instructions (none is longer than {@value #MAX_INSTRUCTION}), and forgetting it ends
 * in an {@link ArrayIndexOutOfBoundsException}, never in a stray write.
 *
 * <p>Positions are offsets from the start of the buffer. All jumps between them are relative, so
 * that the finished code may be copied anywhere.
 */
public abstract class X64Buffer {
  /** The longest instruction the processor accepts, in bytes. */
  public static final int MAX_INSTRUCTION = 15;

  private static final int NONE = -1;

  byte[] bytes;
  int position;

  /** Where each label is bound, or {@link #NONE}. */
  private int[] labelPosition = new int[64];

  /** The newest fixup that waits for each label, or {@link #NONE}. */
  private int[] labelFixup = new int[64];

  private int labels;

  /** Twice the position of the displacement, plus one if it is one byte. */
  private int[] fixupPlace = new int[64];

  /** The next older fixup of the same label, or {@link #NONE}. */
  private int[] fixupNext = new int[64];

  private int fixups;
  private int openFixups;

  X64Buffer(int capacity) {
    bytes = new byte[capacity];
  }

  /** Forgets code and labels, keeps the memory. */
  public final void reset() {
    position = 0;
    labels = 0;
    fixups = 0;
    openFixups = 0;
  }

  /** Bytes emitted so far: the offset of the next instruction. */
  public final int position() {
    return position;
  }

  /** Makes room for {@code count} more bytes. Called once per guest instruction or block. */
  public final void reserve(int count) {
    if (bytes.length - position < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, position + count));
    }
  }

  /** A label not bound yet, for use until the next {@link #reset}. */
  public final int newLabel() {
    if (labels == labelPosition.length) {
      labelPosition = Arrays.copyOf(labelPosition, labels * 2);
      labelFixup = Arrays.copyOf(labelFixup, labels * 2);
    }
    labelPosition[labels] = NONE;
    labelFixup[labels] = NONE;
    return labels++;
  }

  /**
   * Places {@code label} here and completes the jumps that wait for it.
   *
   * @throws IllegalStateException if it is bound already, or out of reach of a short jump to it
   */
  public final void bind(int label) {
    if (labelPosition[label] != NONE) {
      throw new IllegalStateException("label bound twice");
    }
    int target = position;
    labelPosition[label] = target;
    for (int fixup = labelFixup[label]; fixup != NONE; fixup = fixupNext[fixup]) {
      int place = fixupPlace[fixup];
      int at = place >> 1;
      if ((place & 1) == 0) {
        patch32(at, target - at - 4);
      } else {
        patch8(at, target - at - 1);
      }
      openFixups--;
    }
  }

  /** Where {@code label} is bound, or -1. */
  public final int positionOf(int label) {
    return labelPosition[label];
  }

  /** Emits code made elsewhere, in which no jump leads out but those in {@link #waitAt}. */
  public final void append(byte[] code) {
    System.arraycopy(code, 0, bytes, position, code.length);
    position += code.length;
  }

  /** The displacement of four bytes at a position is that of {@code label}, not yet bound. */
  public final void waitAt(int label, int at) {
    addFixup(label, at << 1);
  }

  /** The positions of the displacements, four bytes each, that wait for {@code label}. */
  public final int[] waitingFor(int label) {
    int count = 0;
    for (int fixup = labelFixup[label]; fixup != NONE; fixup = fixupNext[fixup]) {
      count++;
    }
    int[] found = new int[count];
    for (int fixup = labelFixup[label]; fixup != NONE; fixup = fixupNext[fixup]) {
      found[--count] = fixupPlace[fixup] >> 1;
    }
    return found;
  }

  /** The code as an array of its own, whatever waits for labels. */
  public final byte[] copy() {
    return Arrays.copyOf(bytes, position);
  }

  /** Overwrites the four bytes at {@code at}: a displacement or an immediate. */
  public final void patch32(int at, int value) {
    byte[] b = bytes;
    b[at] = (byte) value;
    b[at + 1] = (byte) (value >> 8);
    b[at + 2] = (byte) (value >> 16);
    b[at + 3] = (byte) (value >> 24);
  }

  /**
   * Copies the code to {@code target}, from {@code offset} on.
   *
   * @throws IndexOutOfBoundsException if it does not fit
   * @throws IllegalStateException if a jump waits for a label that was never bound
   */
  public final void copyTo(MemorySegment target, long offset) {
    requireBound();
    MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, offset, position);
  }

  /** The code as an array of its own, for listings and tests; throws as {@link #copyTo}. */
  public final byte[] toByteArray() {
    requireBound();
    return copy();
  }

  /** Writes four bytes: the distance from their end to {@code label}, now or when it is bound. */
  final void relative32(int label) {
    int at = position;
    position = at + 4;
    int target = labelPosition[label];
    if (target == NONE) {
      addFixup(label, at << 1);
    } else {
      patch32(at, target - at - 4);
    }
  }

  /** As {@link #relative32} with one byte. */
  final void relative8(int label) {
    int at = position;
    position = at + 1;
    int target = labelPosition[label];
    if (target == NONE) {
      addFixup(label, at << 1 | 1);
    } else {
      patch8(at, target - at - 1);
    }
  }

  /** Whether a two-byte jump emitted here reaches {@code label}: bound, and near behind. */
  final boolean reachedByShortJump(int label) {
    int target = labelPosition[label];
    return target != NONE && target - position >= Byte.MIN_VALUE + 2;
  }

  private void patch8(int at, int distance) {
    if (distance != (byte) distance) {
      throw new IllegalStateException("label is " + distance + " bytes from a short jump");
    }
    bytes[at] = (byte) distance;
  }

  private void addFixup(int label, int place) {
    if (fixups == fixupPlace.length) {
      fixupPlace = Arrays.copyOf(fixupPlace, fixups * 2);
      fixupNext = Arrays.copyOf(fixupNext, fixups * 2);
    }
    fixupPlace[fixups] = place;
    fixupNext[fixups] = labelFixup[label];
    labelFixup[label] = fixups++;
    openFixups++;
  }

  private void requireBound() {
    if (openFixups != 0) {
      throw new IllegalStateException(openFixups + " jumps wait for a label that was not bound");
    }
  }
}

package vivarium.api.isa;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An encoding in the notation of {@link Insn#value()}, parsed: fixed bits, fields, and the values
 * that are excluded. Immutable.
 */
public final class Encoding {
  /**
   * Bits of a field: {@code width} bits of the encoding from bit {@code low} are the field's bits
   * from {@code to} on.
   */
  record Slice(int field, int low, int to, int width) {}

  /** A field's encoded value that is excluded. */
  record Exclusion(int field, long value) {}

  private final String text;
  private final int bits;
  private final int mask;
  private final int match;
  private final List<OperandField> fields;
  private final List<Slice> slices;
  private final List<Exclusion> exclusions;

  /** For each field: low, to, width of one slice after the other. */
  private final int[][] slicesOfField;

  /** Of each signed field, 64 minus its width; -1 for others. */
  private final int[] signShifts;

  Encoding(
      String text,
      int bits,
      int mask,
      int match,
      List<OperandField> fields,
      List<Slice> slices,
      List<Exclusion> exclusions) {
    this.text = text;
    this.bits = bits;
    this.mask = mask;
    this.match = match;
    this.fields = List.copyOf(fields);
    this.slices = List.copyOf(slices);
    this.exclusions = List.copyOf(exclusions);
    slicesOfField = new int[fields.size()][];
    signShifts = new int[fields.size()];
    for (int field = 0; field < slicesOfField.length; field++) {
      flatten(field);
    }
  }

  private void flatten(int field) {
    int[] flat = new int[3 * slices.size()];
    int used = 0;
    int top = 0;
    for (Slice slice : slices) {
      if (slice.field == field) {
        flat[used++] = slice.low;
        flat[used++] = slice.to;
        flat[used++] = slice.width;
        top = Math.max(top, slice.to + slice.width);
      }
    }
    slicesOfField[field] = Arrays.copyOf(flat, used);
    signShifts[field] = fields.get(field).kind() == OperandField.Kind.SIGNED ? 64 - top : -1;
  }

  /** Parses an encoding. */
  static Encoding parse(String text, String unless, Map<String, OperandField> declared) {
    return new EncodingParser(text, unless, declared).parse();
  }

  /** Length in bytes. */
  public int length() {
    return bits / 8;
  }

  /** The bits that are fixed. */
  public int mask() {
    return mask;
  }

  /** The values of the fixed bits. */
  public int match() {
    return match;
  }

  /** The fields in the order in which the instruction set declares them. */
  public List<OperandField> fields() {
    return fields;
  }

  /** Index of a field by its name, or -1. */
  public int fieldIndex(String name) {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** Index of the destination field, or -1. */
  int destination() {
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).kind() == OperandField.Kind.DESTINATION) {
        return i;
      }
    }
    return -1;
  }

  /** Whether these bits are of this encoding. */
  public boolean matches(int instruction) {
    return (instruction & mask) == match && !excludes(instruction);
  }

  /** Whether a field of these bits, whose fixed bits match, has a value that is excluded. */
  boolean excludes(int instruction) {
    for (int i = 0; i < exclusions.size(); i++) {
      Exclusion exclusion = exclusions.get(i);
      if (extract(exclusion.field, instruction) == exclusion.value) {
        return true;
      }
    }
    return false;
  }

  /** The value of a field in these bits: extended, biased. */
  public long extract(int field, int instruction) {
    long value = 0;
    int[] flat = slicesOfField[field];
    for (int i = 0; i < flat.length; i += 3) {
      value |= (instruction >>> flat[i] & (1L << flat[i + 2]) - 1) << flat[i + 1];
    }
    int shift = signShifts[field];
    return shift >= 0 ? value << shift >> shift : value + fields.get(field).bias();
  }

  /**
   * The encoding with its fields set to values.
   *
   * @param values for each of {@link #fields()}
   * @throws IllegalArgumentException if a value does not fit its field, or is excluded
   */
  public int encode(long... values) {
    int instruction = match;
    for (Slice slice : slices) {
      long value = values[slice.field] - fields.get(slice.field).bias();
      instruction |= (int) ((value >>> slice.to & (1L << slice.width) - 1) << slice.low);
    }
    for (int i = 0; i < fields.size(); i++) {
      if (extract(i, instruction) != values[i]) {
        throw new IllegalArgumentException(
            fields.get(i).name() + " cannot be " + values[i] + " in " + text);
      }
    }
    if (!matches(instruction)) {
      throw new IllegalArgumentException("excluded values in " + text);
    }
    return instruction;
  }

  /** Whether some bits are of both encodings, but for exclusions. */
  boolean overlaps(Encoding other) {
    return bits == other.bits && ((match ^ other.match) & mask & other.mask) == 0;
  }

  List<Exclusion> exclusions() {
    return new ArrayList<>(exclusions);
  }

  @Override
  public String toString() {
    return text;
  }
}

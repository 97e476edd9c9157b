package vivarium.api.isa;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the notation of {@link Insn#value()}. */
final class EncodingParser {
  private final String text;
  private final String unless;
  private final Map<String, OperandField> declared;
  private final Map<String, List<int[]>> slices = new LinkedHashMap<>();
  private final Map<String, List<Long>> excluded = new LinkedHashMap<>();
  private int bits;
  private int mask;
  private int match;

  EncodingParser(String text, String unless, Map<String, OperandField> declared) {
    this.text = text;
    this.unless = unless;
    this.declared = declared;
  }

  Encoding parse() {
    List<String> tokens = split(text, ' ');
    for (int i = tokens.size() - 1; i >= 0; i--) {
      String token = tokens.get(i);
      if (isFixed(token)) {
        fixed(token);
      } else {
        field(token);
      }
    }
    if (bits != 16 && bits != 32) {
      throw new IllegalArgumentException("an encoding of " + bits + " bits: " + text);
    }
    for (String exclusion : split(unless, ',')) {
      int equals = exclusion.indexOf('=');
      exclude(
          exclusion.substring(0, equals).strip(),
          Long.parseLong(exclusion.substring(equals + 1).strip()));
    }
    return build();
  }

  /** The pieces between separators, empty ones left out; white space is one separator. */
  private static List<String> split(String text, char separator) {
    List<String> pieces = new ArrayList<>();
    int from = 0;
    for (int at = 0; at <= text.length(); at++) {
      char c = at < text.length() ? text.charAt(at) : separator;
      if (c == separator || separator == ' ' && Character.isWhitespace(c)) {
        if (at > from) {
          pieces.add(text.substring(from, at));
        }
        from = at + 1;
      }
    }
    return pieces;
  }

  private static boolean isFixed(String token) {
    for (int i = 0; i < token.length(); i++) {
      if (token.charAt(i) != '0' && token.charAt(i) != '1') {
        return false;
      }
    }
    return true;
  }

  private void fixed(String token) {
    for (int i = token.length() - 1; i >= 0; i--) {
      mask |= 1 << bits;
      match |= (token.charAt(i) - '0') << bits;
      bits++;
    }
  }

  /** Name, perhaps its bits in brackets, perhaps {@code !=} and a value that is excluded. */
  private void field(String token) {
    int excludes = token.indexOf("!=");
    String placed = excludes < 0 ? token : token.substring(0, excludes);
    int bracket = placed.indexOf('[');
    OperandField field = declared.get(bracket < 0 ? placed : placed.substring(0, bracket));
    if (field == null || bracket >= 0 && !placed.endsWith("]")) {
      throw new IllegalArgumentException("unknown field " + token + " in " + text);
    }
    String name = field.name();
    if (excludes >= 0) {
      exclude(name, Long.parseLong(token.substring(excludes + 2)));
    }
    if (bracket < 0) {
      slice(name, field.width() - 1, 0, token);
      return;
    }
    List<String> pieces = split(placed.substring(bracket + 1, placed.length() - 1), '|');
    for (int i = pieces.size() - 1; i >= 0; i--) {
      String piece = pieces.get(i);
      int colon = piece.indexOf(':');
      int high = Integer.parseInt(colon < 0 ? piece : piece.substring(0, colon));
      slice(name, high, Integer.parseInt(piece.substring(colon + 1)), token);
    }
  }

  private void slice(String name, int high, int low, String token) {
    int width = high - low + 1;
    if (width <= 0) {
      throw new IllegalArgumentException("a field without bits: " + token + " in " + text);
    }
    slices.computeIfAbsent(name, absent -> new ArrayList<>()).add(new int[] {bits, low, width});
    bits += width;
  }

  private void exclude(String name, long value) {
    excluded.computeIfAbsent(name, absent -> new ArrayList<>()).add(value);
  }

  private Encoding build() {
    List<OperandField> fields = new ArrayList<>();
    for (OperandField field : declared.values()) {
      if (slices.containsKey(field.name())) {
        fields.add(field);
      }
    }
    List<Encoding.Slice> all = new ArrayList<>();
    List<Encoding.Exclusion> exclusions = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      String name = fields.get(i).name();
      for (int[] slice : slices.getOrDefault(name, List.of())) {
        all.add(new Encoding.Slice(i, slice[0], slice[1], slice[2]));
      }
      for (long value : excluded.getOrDefault(name, List.of())) {
        exclusions.add(new Encoding.Exclusion(i, value));
      }
    }
    return new Encoding(text, bits, mask, match, fields, all, exclusions);
  }
}

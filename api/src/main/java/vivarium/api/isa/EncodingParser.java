package vivarium.api.isa;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the notation of {@link Insn#value()}. */
final class EncodingParser {
  private static final Pattern FIELD =
      Pattern.compile("([A-Za-z][A-Za-z0-9']*)(?:\\[([0-9:|]+)])?(?:!=([0-9]+))?");

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
    String[] tokens = text.trim().split("\\s+");
    for (int i = tokens.length - 1; i >= 0; i--) {
      String token = tokens[i];
      if (token.matches("[01]+")) {
        fixed(token);
      } else {
        field(token);
      }
    }
    if (bits != 16 && bits != 32) {
      throw new IllegalArgumentException("an encoding of " + bits + " bits: " + text);
    }
    for (String exclusion : unless.isBlank() ? new String[0] : unless.split(",")) {
      String[] sides = exclusion.trim().split("=");
      exclude(sides[0], Long.parseLong(sides[1]));
    }
    return build();
  }

  private void fixed(String token) {
    for (int i = token.length() - 1; i >= 0; i--) {
      mask |= 1 << bits;
      match |= (token.charAt(i) - '0') << bits;
      bits++;
    }
  }

  private void field(String token) {
    Matcher matcher = FIELD.matcher(token);
    OperandField field = matcher.matches() ? declared.get(matcher.group(1)) : null;
    if (field == null) {
      throw new IllegalArgumentException("unknown field " + token + " in " + text);
    }
    String name = field.name();
    if (matcher.group(3) != null) {
      exclude(name, Long.parseLong(matcher.group(3)));
    }
    String[] pieces =
        matcher.group(2) != null
            ? matcher.group(2).split("\\|")
            : new String[] {field.width() - 1 + ":0"};
    for (int i = pieces.length - 1; i >= 0; i--) {
      String[] ends = pieces[i].split(":");
      int high = Integer.parseInt(ends[0]);
      int low = Integer.parseInt(ends[ends.length - 1]);
      int width = high - low + 1;
      if (width <= 0) {
        throw new IllegalArgumentException("a field without bits: " + token + " in " + text);
      }
      slices.computeIfAbsent(name, absent -> new ArrayList<>()).add(new int[] {bits, low, width});
      bits += width;
    }
  }

  private void exclude(String name, long value) {
    excluded.computeIfAbsent(name, absent -> new ArrayList<>()).add(value);
  }

  private Encoding build() {
    List<String> order = new ArrayList<>(declared.keySet());
    List<OperandField> fields =
        slices.keySet().stream()
            .map(name -> java.util.Objects.requireNonNull(declared.get(name)))
            .sorted(Comparator.comparingInt(field -> order.indexOf(field.name())))
            .toList();
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

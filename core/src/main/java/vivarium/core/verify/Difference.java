package vivarium.core.verify;

import java.util.List;

/**
 * Where two machines part.
 *
 * @param equalSteps after so many steps they were the same
 * @param differentSteps after so many they were not: one more, where the instruction was found
 * @param reproduced whether they parted again when run anew; if not, the first sight is told
 * @param instruction what the first machine executes after {@code equalSteps}
 * @param explanation what the second machine's engine makes of that instruction, some lines; may be
 *     empty
 * @param mismatches what is not the same after {@code differentSteps}
 */
public record Difference(
    long equalSteps,
    long differentSteps,
    boolean reproduced,
    String instruction,
    String explanation,
    List<Mismatch> mismatches) {
  /** Copies the list. */
  public Difference {
    mismatches = List.copyOf(mismatches);
  }
}

package vivarium.core.schedule;

import vivarium.api.VivariumException;

/**
 * What a machine may have of the processors.
 *
 * @param weight how much in proportion to other machines that want to run: {@value #LEAST_WEIGHT}
 *     to {@value #MOST_WEIGHT}
 * @param capPercent most it gets even if nobody else wants to run, in percent of one core: 1 to
 *     {@value #NO_CAP}; as a machine runs on one core at a time, {@value #NO_CAP} is no limit
 */
public record Share(int weight, int capPercent) {
  /** The least weight there is. */
  public static final int LEAST_WEIGHT = 1;

  /** The greatest weight there is. */
  public static final int MOST_WEIGHT = 10_000;

  /** The weight of a machine of which nothing was said. */
  public static final int DEFAULT_WEIGHT = 100;

  /** The cap that is none. */
  public static final int NO_CAP = 100;

  /** The share of a machine of which nothing was said. */
  public static final Share DEFAULT = new Share(DEFAULT_WEIGHT, NO_CAP);

  /**
   * Checks the values.
   *
   * @throws VivariumException in one line, if one is out of range
   */
  public Share {
    if (weight < LEAST_WEIGHT || weight > MOST_WEIGHT) {
      throw new VivariumException(
          "a weight is %d to %d, not %d".formatted(LEAST_WEIGHT, MOST_WEIGHT, weight));
    }
    if (capPercent < 1 || capPercent > NO_CAP) {
      throw new VivariumException(
          "a cap is 1 to %d percent of one core, not %d".formatted(NO_CAP, capPercent));
    }
  }
}

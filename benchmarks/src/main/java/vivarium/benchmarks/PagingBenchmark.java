package vivarium.benchmarks;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * User-mode code under Sv39 with a warm TLB, by memory strategy: a hit is the same for all, so what
 * differs is what is not hit.
 */
public class PagingBenchmark extends SteadyGuest {
  /** A guest of benchmarks/guests that turns paging on. */
  @Param({"integer-sv39", "branchy-sv39"})
  public String guest = "";

  /** Memory strategy. */
  @Param({"nested", "shadow", "protected"})
  public String memory = "";

  /** Boots. */
  @Setup
  public void boot() {
    power(guest, "translation", memory);
  }
}

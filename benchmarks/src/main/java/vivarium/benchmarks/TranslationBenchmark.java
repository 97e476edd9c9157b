package vivarium.benchmarks;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Guests under the back ends of binary translation. */
public class TranslationBenchmark extends SteadyGuest {
  /** CPU strategy. */
  @Param({"translation-native", "translation-bytecode"})
  public String cpu = "";

  /** One of benchmarks/guests; {@code -p guest=branchy,fp} measures others. */
  @Param({"integer"})
  public String guest = "";

  /** Assembles the machine. */
  @Setup
  public void power() {
    power(guest, cpu);
  }
}

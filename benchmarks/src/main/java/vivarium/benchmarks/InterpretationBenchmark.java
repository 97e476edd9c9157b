package vivarium.benchmarks;

import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Guests under interpretation. */
public class InterpretationBenchmark extends SteadyGuest {
  /** CPU strategy. */
  @Param({"interpretation"})
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

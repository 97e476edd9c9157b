package vivarium.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SharesTest {
  private static final List<Shares.Had> ALL =
      List.of(
          new Shares.Had("light", 100, 2_100, 5_000_000),
          new Shares.Had("heavy", 300, 5_900, 17_000_000));

  @Test
  void whatWasHadIsHeldToWhatIsPromised() {
    assertThat(Shares.table("two", ALL))
        .contains("| light | 25.00 % | 26.25 % | +5.00 % | 5 |")
        .contains("| heavy | 75.00 % | 73.75 % | -1.67 % | 17 |");
  }
}

package vivarium.benchmarks.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import vivarium.api.VivariumException;

class ExpectedLinesTest {
  private static final String LINE = "memory-sv39 scale=10 checksum=2fbdbdfe7fb45abe";

  @Test
  void aLineIsFoundByGuestAndScale() {
    ExpectedLines lines = ExpectedLines.parse(List.of(LINE));
    assertThat(lines.of("memory-sv39", 10)).contains(LINE);
    assertThat(lines.of("memory-sv39", 1)).isEmpty();
    assertThat(lines.of("memory", 10)).isEmpty();
  }

  @Test
  void whatIsNoLineIsRefusedAndQuoted() {
    assertThatThrownBy(() -> ExpectedLines.parse(List.of(LINE, "integer scale=1 checksum=12")))
        .isInstanceOf(VivariumException.class)
        .hasMessageContaining("'integer scale=1 checksum=12'");
  }

  @Test
  void linesThatContradictEachOtherAreRefused() {
    String other = LINE.replace("2fbd", "2fbe");
    assertThatThrownBy(() -> ExpectedLines.parse(List.of(LINE, LINE, other)))
        .isInstanceOf(VivariumException.class)
        .hasMessageContaining(other);
  }

  @Test
  void theLinesOfTheGuestsThatTravelWithTheJarAreKnownAtEachScale() {
    ExpectedLines lines = GuestImages.expectedLines();
    for (long scale : new long[] {0, 1, 10}) {
      assertThat(lines.of("integer", scale)).isPresent();
      assertThat(lines.of("largecode", scale)).isPresent();
    }
  }
}

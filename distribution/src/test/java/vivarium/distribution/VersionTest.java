package vivarium.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VersionTest {

  @Test
  void lineNamesProductAndTheVersionThatTheBuildGave() {
    assertThat(Version.line()).matches("vivarium \\d+\\.\\d+\\.\\d+\\S* \\(Java .+\\)");
  }
}

package vivarium.distribution.guests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourcesTest {
  @TempDir Path apt;

  @Test
  void oneLineSourcesAreReadWithOptionsAndComments() {
    assertThat(
            AptSources.parseList(
                """
                # deb http://commented.example/debian trixie main
                deb [arch=amd64 signed-by=/usr/share/k.gpg] http://one.example/debian trixie main # ours
                deb-src http://source.example/debian trixie main
                deb\thttps://two.example/debian/\tbookworm-updates\tmain contrib
                deb broken
                """))
        .containsExactly(
            source("http://one.example/debian/", "trixie"),
            source("https://two.example/debian/", "bookworm-updates"));
  }

  @Test
  void deb822SourcesAreReadWithFoldedFieldsAndComments() {
    assertThat(
            AptSources.parseDeb822(
                """
                Types: deb deb-src
                # a remark inside
                URIs: http://one.example/debian
                  http://two.example/debian
                Suites: bookworm
                 bookworm-updates
                Components: main

                Types: deb
                Enabled: no
                URIs: http://disabled.example/debian
                Suites: sid

                types: deb-src
                uris: http://source.example/debian
                suites: sid
                """))
        .containsExactly(
            source("http://one.example/debian/", "bookworm", "bookworm-updates"),
            source("http://two.example/debian/", "bookworm", "bookworm-updates"));
  }

  @Test
  void theMirrorIsTheFirstWebAddressOfDebiansMainArchive() throws IOException {
    Path parts = Files.createDirectories(apt.resolve("sources.list.d"));
    Files.writeString(
        apt.resolve("sources.list"),
        """
        deb cdrom:[disc]/ trixie main
        deb file:/srv/debian trixie main
        deb http://archive.example/ubuntu noble main
        """);
    Files.writeString(
        parts.resolve("a.list"), "deb http://sec.example/debian-security trixie-security main\n");
    Files.writeString(
        parts.resolve("b.sources"),
        "Types: deb\nURIs: https://proxy.example/apt/deb\nSuites: stable\n");
    Files.writeString(parts.resolve("a.list.disabled"), "deb http://no.example/debian sid main\n");
    assertThat(AptSources.debianMirror(apt)).contains(URI.create("https://proxy.example/apt/deb/"));
  }

  @Test
  void aHostThatIsNotDebianHasNoMirror() throws IOException {
    assertThat(AptSources.debianMirror(apt.resolve("absent"))).isEmpty();
    Files.writeString(
        apt.resolve("sources.list"), "deb http://archive.example/ubuntu noble main\n");
    assertThat(AptSources.debianMirror(apt)).isEmpty();
  }

  private static AptSources.Source source(String root, String... suites) {
    return new AptSources.Source(URI.create(root), List.of(suites));
  }
}

package vivarium.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code bin/vivarium} of the packaged product. */
class LauncherIT {

  private static final Path SCRIPT =
      Path.of(System.getProperty("vivarium.packaged")).resolve("bin/vivarium");
  private static final String VERSION_LINE = "vivarium \\d+\\.\\d+\\.\\d+\\S* \\(Java .+\\)\n";

  @TempDir Path elsewhere;

  @Test
  void versionIsTheOnlyThingThatVersionPrints() throws Exception {
    assertThat(run(List.of(SCRIPT.toString(), "version"), Map.of())).matches(VERSION_LINE);
  }

  @Test
  void aSymbolicLinkToTheScriptWorksFromAnywhere() throws Exception {
    Path link = Files.createSymbolicLink(elsewhere.resolve("vm"), SCRIPT);
    String output = run(List.of("./vm", "version"), Map.of());
    Files.delete(link);
    assertThat(output).matches(VERSION_LINE);
  }

  @Test
  void anOldJavaHomeIsPassedOver() throws Exception {
    Path old = oldJava();
    assertThat(run(List.of(SCRIPT.toString(), "version"), Map.of("JAVA_HOME", old.toString())))
        .matches(VERSION_LINE);
  }

  @Test
  void aNewJavaHomeIsPreferred() throws Exception {
    Path java = oldJava();
    Files.writeString(java.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"99.0.1\"\n");
    assertThat(run(List.of(SCRIPT.toString(), "version"), Map.of("JAVA_HOME", java.toString())))
        .isEqualTo("this java ran\n");
  }

  @Test
  void aProductThatWasMovedStartsWithoutComplaint() throws Exception {
    Path moved = elsewhere.resolve("moved product");
    run(List.of("cp", "-R", System.getProperty("vivarium.packaged"), moved.toString()), Map.of());
    assertThat(run(List.of(moved.resolve("bin/vivarium").toString(), "version"), Map.of()))
        .matches(VERSION_LINE);
  }

  @Test
  void wordsWithSpacesReachTheProgramWhole() throws Exception {
    assertThat(run(List.of(SCRIPT.toString(), "no such command"), Map.of()))
        .contains("no such command");
  }

  @Test
  void aMistakeIsOneLineAndAStatus() throws Exception {
    String vivarium = "'%s' run --kernel missing; echo status $?".formatted(SCRIPT);
    assertThat(run(List.of("sh", "-c", vivarium), Map.of()))
        .isEqualTo("vivarium: no kernel missing\nstatus 1\n");
  }

  @Test
  void theConsoleWorksInAPipe() throws Exception {
    String vivarium = "'%s' run | tail -n 1; echo status $?".formatted(SCRIPT);
    assertThat(run(List.of("sh", "-c", vivarium), Map.of())).isEqualTo("Good night.\nstatus 0\n");
  }

  @Test
  void aBrokenPluginIsListedWithTheReasonAndHarmsNothing() throws Exception {
    Files.writeString(elsewhere.resolve("broken.jar"), "no jar");
    String listed = run(List.of(SCRIPT.toString(), "plugins", "--plugins", "."), Map.of());
    assertThat(listed)
        .containsPattern("broken.jar +failed +\\S+")
        .containsPattern("rv64gc .* ready");
    assertThat(run(List.of(SCRIPT.toString(), "run", "--plugins", "."), Map.of()))
        .containsOnlyOnce("vivarium: warning: plugin broken.jar is left out: ")
        .endsWith("Good night.\n");
  }

  @Test
  void theTerminalIsPutBackAsItWas() throws Exception {
    assumeTrue(
        run(List.of("sh", "-c", "command -v script stty"), Map.of()).contains("script"),
        "script(1) is not installed");
    String inside =
        "before=$(stty -g); '%s' run | sed 1q; test \"$before\" = \"$(stty -g)\" && echo put back"
            .formatted(SCRIPT);
    assertThat(run(List.of("script", "-qec", inside, "/dev/null"), Map.of()))
        .contains("Ctrl-A x leaves")
        .contains("Hello. This is a machine.")
        .endsWith("put back\r\n");
  }

  /** A directory that looks like a JDK 17, whose java only says that it ran. */
  private Path oldJava() throws IOException {
    Path home = Files.createDirectories(elsewhere.resolve("a java"));
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho this java ran\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"17.0.2\"\n");
    return home;
  }

  /** Runs a command in an empty directory; its standard output and error come back as one text. */
  private String run(List<String> command, Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(elsewhere.toFile());
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectInput(Path.of("/dev/null").toFile());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return output;
  }
}

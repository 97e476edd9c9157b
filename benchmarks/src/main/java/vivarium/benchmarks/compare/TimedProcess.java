package vivarium.benchmarks.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * Runs a contender once. Its standard input is empty, its outputs go to files, so that nothing but
 * the process itself takes time. Processor time is what the kernel has added to this process's
 * ended children meanwhile: exact, as one child runs at a time.
 */
public final class TimedProcess {
  private final Path directory;
  private final long timeoutSeconds;

  /**
   * Makes a runner.
   *
   * @param directory for the outputs, which each run overwrites
   * @param timeoutSeconds a run that takes longer is killed
   */
  public TimedProcess(Path directory, long timeoutSeconds) {
    this.directory = directory;
    this.timeoutSeconds = timeoutSeconds;
  }

  /** Runs a workload under a contender, to its end. */
  public Run run(Contender contender, Workload workload) throws InterruptedException {
    Path output = directory.resolve("output");
    Path errors = directory.resolve("errors");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(contender.command(workload))
              .redirectInput(ProcessBuilder.Redirect.from(directory.resolve("input").toFile()))
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile());
      Files.write(directory.resolve("input"), new byte[0]);
      OptionalDouble before = HostLoad.cpuSecondsOfChildren();
      long start = System.nanoTime();
      Process process = builder.start();
      boolean inTime;
      try {
        inTime = process.waitFor(timeoutSeconds, TimeUnit.SECONDS);
      } finally {
        process.destroyForcibly();
      }
      int status = process.waitFor();
      double wall = (System.nanoTime() - start) / 1e9;
      OptionalDouble after = HostLoad.cpuSecondsOfChildren();
      OptionalDouble cpu =
          before.isPresent() && after.isPresent()
              ? OptionalDouble.of(after.getAsDouble() - before.getAsDouble())
              : OptionalDouble.empty();
      String failure =
          inTime
              ? status == 0 ? "" : "status " + status + lastLine(errors)
              : "killed after " + timeoutSeconds + " s";
      return new Run(wall, cpu, workload.answer(text(output)), failure);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String lastLine(Path file) throws IOException {
    return text(file).lines().reduce((one, other) -> other).map(line -> ": " + line).orElse("");
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}

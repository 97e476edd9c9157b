package vivarium.distribution.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;
import vivarium.distribution.cli.Cli.Result;

/** {@code vivarium stats}, and where it asks. */
@Timeout(60)
class StatsCommandTest {
  private static final long SELF = ProcessHandle.current().pid();

  /** More than Linux hands out. */
  private static final long NOBODY = 1L << 40;

  @TempDir Path directory;

  private Result vivarium(String... args) {
    return new Cli(directory, Optional.empty()).run(args);
  }

  private void refuses(int status, String line, String... args) {
    Result result = vivarium(args);
    assertThat(result.err()).isEqualTo("vivarium: " + line + "\n");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(status);
  }

  private StatsSocket.Place place() {
    return new StatsSocket.Place(directory.resolve("run"), 0);
  }

  private Path socket(long process) throws IOException {
    Path run = directory.resolve("run");
    if (!Files.exists(run)) {
      Files.createDirectory(
          run, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Path file = run.resolve(process + ".sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(file));
    }
    return file;
  }

  /** Asks until this process is ready to tell. */
  private Result ask(String... args) {
    while (true) {
      Result result = vivarium(args);
      if (result.status() == 0) {
        return result;
      }
      Thread.onSpinWait();
    }
  }

  private Thread runs(String... files) {
    String[] args = new String[files.length + 1];
    args[0] = "run";
    System.arraycopy(files, 0, args, 1, files.length);
    return Thread.ofPlatform().start(() -> vivarium(args));
  }

  private String waiting(String name) throws IOException {
    Path image = Files.write(directory.resolve(name + ".bin"), Programs.waiting());
    return Files.writeString(
            directory.resolve(name + ".yaml"), "firmware: " + image + "\nmemory: 1M\n")
        .toString();
  }

  @Test
  void theCountersOfARunningMachineAreTold() throws Exception {
    Thread run = runs(waiting("lonely"));
    Result result = ask("stats", String.valueOf(SELF));
    run.interrupt();
    run.join();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("lonely\nseconds ").contains("\nsteps ", "exits and traps");
    refuses(1, "no 'vivarium run' of this user runs", "stats");
  }

  @Test
  void eachOfSeveralMachinesIsTold() throws Exception {
    Thread run = runs(waiting("first"), waiting("second"));
    Result result = ask("stats");
    run.interrupt();
    run.join();
    assertThat(result.out().lines()).contains("first", "second");
  }

  @Test
  void whatIsNoProcessIsSaidToBeNone() {
    refuses(1, "there is no process " + NOBODY, "stats", String.valueOf(NOBODY));
    refuses(1, "there is no process 0", "stats", "0");
    refuses(
        1,
        "process %d is no 'vivarium run' of this user, or begins or ends just now".formatted(SELF),
        "stats",
        String.valueOf(SELF));
    refuses(
        2,
        "Invalid value for positional parameter at index 0 (PID): 'debian' is not a long"
            + " ('vivarium stats --help' tells more)",
        "stats",
        "debian");
  }

  @Test
  void whichProcessIsAskedWhereSeveralRun() throws IOException {
    socket(SELF);
    long parent = ProcessHandle.current().parent().orElseThrow().pid();
    socket(parent);
    refuses(
        1,
        "several run; say which: %d, %d".formatted(Math.min(parent, SELF), Math.max(parent, SELF)),
        "stats");
  }

  @Test
  void theSocketOfADeadProcessIsCleanedUp() throws IOException {
    Path left = socket(NOBODY);
    refuses(1, "there is no process " + NOBODY, "stats", String.valueOf(NOBODY));
    assertThat(left).doesNotExist();
  }

  @Test
  void aDirectoryThatOthersCanReadIsNotTrusted() throws IOException {
    socket(SELF);
    Path run = place().directory();
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThatThrownBy(() -> StatsSocket.ask(place(), SELF))
        .isInstanceOf(VivariumException.class)
        .hasMessage("process %d cannot be asked: %s is not this user's alone", SELF, run);
  }

  @Test
  void nothingIsLeftOfASocketThatIsClosed() {
    try (StatsSocket _ = new StatsSocket(place(), out -> out.println("counters"))) {
      assertThat(ask("stats").out()).isEqualTo("counters\n");
    }
    assertThat(place().directory()).isEmptyDirectory();
  }

  @Test
  void whoseCountersCannotBeReadIsAskedInVain() {
    try (StatsSocket _ =
        new StatsSocket(
            place(),
            out -> {
              throw new IllegalStateException("already closed");
            })) {
      while (StatsSocket.processes(place()).isEmpty()) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> StatsSocket.ask(place(), SELF))
          .hasMessageContaining("begins or ends just now");
    }
  }
}

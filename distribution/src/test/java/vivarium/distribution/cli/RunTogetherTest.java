package vivarium.distribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.distribution.cli.Cli.Result;

/** {@code vivarium run} of several machines, where there is no terminal. */
class RunTogetherTest {
  @TempDir Path directory;

  private Result vivarium(String... args) {
    return new Cli(directory, Optional.empty()).run(args);
  }

  private void refuses(String line, String... args) {
    Result result = vivarium(args);
    assertThat(result.err()).isEqualTo("vivarium: " + line + "\n");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(1);
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text).toString();
  }

  private String finishing(String name, int code, String more) throws IOException {
    Files.write(directory.resolve(name + ".bin"), Programs.finishing(code));
    return file(name + ".yaml", "firmware: " + name + ".bin\nmemory: 1M\n" + more);
  }

  @Test
  void eachLineBeginsWithItsMachinesName() throws IOException {
    String one = file("one.yaml", "guest: embedded\n");
    String two = file("two.yaml", "guest: embedded\nname: second\nscheduling: {weight: 300}\n");
    Result result = vivarium("run", one, two);
    assertThat(result.err()).isEmpty();
    assertThat(result.out().lines())
        .contains("[one] Good night.", "[second] Good night.")
        .allMatch(line -> line.startsWith("[one] ") || line.startsWith("[second] "));
    assertThat(result.status()).isZero();
  }

  @Test
  void oneMachineWithACapIsRunByTheSchedulerToo() throws IOException {
    Result result = vivarium("run", "--cap", "50", file("one.yaml", "guest: embedded\n"));
    assertThat(result.out()).contains("[one] Good night.");
  }

  @Test
  void theStatusIsThatOfTheFirstMachineThatFailed() throws IOException {
    String well = finishing("well", 0x5555, "");
    String failing = finishing("failing", 7 << 16 | 0x3333, "");
    String resetting = finishing("resetting", 0x7777, "");
    Result result = vivarium("run", well, failing, resetting);
    assertThat(result.err())
        .isEqualTo(
            "vivarium: failing the guest reports failure 7\n"
                + "vivarium: resetting asks for a reset\n");
    assertThat(result.status()).isEqualTo(7);
  }

  @Test
  void aConsoleThatIsNowhereIsNotSeen() throws IOException {
    String here = file("here.yaml", "guest: embedded\n");
    String none = file("none.yaml", "guest: embedded\nconsole: none\n");
    Result result = vivarium("run", here, none);
    assertThat(result.out()).contains("[here] Good night.").doesNotContain("[none]");
  }

  @Test
  void mistakesInAShareAreToldWithTheirPlace() throws IOException {
    String well = finishing("well", 0x5555, "");
    String zero = finishing("zero", 0x5555, "scheduling: {weight: 0}\n");
    String below = finishing("below", 0x5555, "scheduling: {weight: -1}\n");
    String slack = finishing("slack", 0x5555, "scheduling: {slack: 1001}\n");
    refuses(slack + ":3:21: a timer slack is 0 to 1000 ms, not 1001", "run", well, slack);
    String cap = finishing("cap", 0x5555, "scheduling: {weight: 5, cap: 101}\n");
    String key = finishing("key", 0x5555, "scheduling: {wait: 5}\n");
    refuses(zero + ":3:22: a weight is 1 to 10000, not 0", "run", well, zero);
    refuses(below + ":3:22: a weight is 1 to 10000, not -1", "run", well, below);
    refuses(cap + ":3:30: a cap is 1 to 100 percent of one core, not 101", "run", well, cap);
    refuses(key + ":3:14: unknown key 'wait'; there is cap, slack, weight", "run", well, key);
  }

  @Test
  void aConsoleThatCannotBeIsRefused() throws IOException {
    String well = finishing("well", 0x5555, "");
    String odd = finishing("odd", 0x5555, "console: telepathy\n");
    refuses(
        odd
            + ":3:10: no console at 'telepathy'; there is here, none, pty, unix:PATH,"
            + " tcp:HOST:PORT",
        "run",
        well,
        odd);
    String port = finishing("port", 0x5555, "console: tcp:localhost:99999\n");
    refuses(port + ":3:10: 'tcp:localhost:99999' is not tcp:HOST:PORT", "run", well, port);
  }

  @Test
  void whatTwoMachinesCannotBothHaveIsRefusedBeforeAnythingStarts() throws IOException {
    String one = finishing("one", 0x5555, "console: unix:a.sock\n");
    String two = finishing("two", 0x5555, "console: unix:./a.sock\n");
    String same = finishing("same", 0x5555, "name: one\n");
    refuses("two machines are called 'one'", "run", one, same);
    refuses("machines one and two want their console at the same place", "run", one, two);
    assertThat(directory.resolve("a.sock")).doesNotExist();
  }

  @Test
  void twoMachinesOnOneDiskAreRefusedByWhateverNameItGoes() throws IOException {
    Path disk = Files.write(directory.resolve("disk"), new byte[1024]);
    Files.createSymbolicLink(directory.resolve("symbolic"), disk);
    Files.createLink(directory.resolve("hard"), disk);
    String one = finishing("one", 0x5555, "disk: disk\n");
    for (String link : new String[] {"disk", "symbolic", "hard"}) {
      String two = finishing("two", 0x5555, "disk: " + link + "\n");
      refuses(
          "disk image " + directory.resolve(link) + " is in use by another machine",
          "run",
          one,
          two);
    }
    String reader = finishing("reader", 0x5555, "disk: hard,ro\n");
    String other = finishing("other", 0x5555, "disk: symbolic,ro\n");
    assertThat(vivarium("run", reader, other)).isEqualTo(new Result(0, "", ""));
  }

  @Test
  void moreMemoryThanTheMachineHasIsRefused() throws IOException {
    String one = finishing("one", 0x5555, "");
    String two = finishing("two", 0x5555, "");
    refuses(
        "machine two wants 1 MiB of memory, but of 1 MiB only 0 MiB are left",
        "run",
        "--machine-memory",
        "1M",
        one,
        two);
  }

  @Test
  void anUnknownStrategyOfOneKeepsAllFromStarting() throws IOException {
    String one = file("one.yaml", "guest: embedded\n");
    String two = file("two.yaml", "guest: embedded\nmemory-strategy: none\n");
    Result result = vivarium("run", one, two);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).startsWith("vivarium: unknown memory strategy 'none'; there is ");
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void aGuestsNameAmongFilesIsRefused() throws IOException {
    String one = finishing("one", 0x5555, "");
    String two = finishing("two", 0x5555, "");
    refuses(
        "several machines are run from a machine file each, which 'debian' is not",
        "run",
        one,
        two,
        "debian");
  }
}

package vivarium.distribution.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.distribution.cli.Cli.Result;

/** What {@code --stats} prints of the embedded guest. */
class StatsTest {
  private static final Pattern COUNT = Pattern.compile("(?m)^ *(\\S.*?) +([0-9,]+)$");

  @TempDir Path directory;

  private String stats(String... more) {
    List<String> args = new java.util.ArrayList<>(List.of("run", "--deterministic", "--stats"));
    args.addAll(List.of(more));
    Result result = new Cli(directory, Optional.empty()).run(args.toArray(new String[0]));
    assertThat(result.out()).endsWith("Good night.\n");
    return result.err();
  }

  private Map<String, Long> counts(String... more) {
    Map<String, Long> counts = new TreeMap<>();
    Matcher lines = COUNT.matcher(stats(more));
    while (lines.find()) {
      counts.put(lines.group(1), Long.valueOf(lines.group(2).replace(",", "")));
    }
    return counts;
  }

  @Test
  void exitsAreCountedByTheirReasons() {
    assertThat(counts())
        .containsEntry("instruction ebreak", 1L)
        .containsEntry("instruction wfi", 1L)
        .containsEntry("trap breakpoint", 1L)
        .containsEntry("trap load page fault", 1L)
        .containsEntry("interrupt supervisor timer", 1L)
        .containsKeys("device ns16550a", "device virtio-blk", "instruction csrw", "wait");
  }

  @Test
  void timeIsSharedOutAmongGuestAndMonitor() {
    assertThat(stats()).contains("time, sampled", "  guest instructions  ", "  monitor: devices  ");
  }

  @Test
  void severalVirtualProcessorsHaveAColumnEach() {
    assertThat(stats("--harts", "2").lines())
        .anyMatch(line -> line.matches(" +machine +hart 0 +hart 1"))
        .anyMatch(line -> line.matches("  instruction wfi +1 +1"))
        .anyMatch(line -> line.matches("  wait +2 +1 +1"))
        .anyMatch(line -> line.matches("  device virtio-blk +24"));
  }

  /** Instructions, traps, interrupts and devices are the guest's doing, whoever executes it. */
  @Test
  void everyEngineAndMemoryStrategyCountsTheSamePrivilegedInstructionsAndTraps() {
    Map<String, Long> expected = ofTheGuest(counts("--cpu", "interpretation"));
    for (String cpu : new String[] {"interpretation", "translation"}) {
      for (String memory : new String[] {"nested", "shadow", "protected"}) {
        assertThat(ofTheGuest(counts("--cpu", cpu, "--memory-strategy", memory)))
            .as(cpu + " and " + memory)
            .isEqualTo(expected);
      }
    }
  }

  private static Map<String, Long> ofTheGuest(Map<String, Long> counts) {
    Map<String, Long> left = new TreeMap<>(counts);
    left.keySet()
        .removeIf(
            name ->
                !name.startsWith("instruction ")
                    && !name.startsWith("trap ")
                    && !name.startsWith("interrupt ")
                    && !name.startsWith("device ")
                    && !name.equals("steps"));
    return left;
  }

  @Test
  void shadowNeedsFewerReferencesForAWalkThanNested() {
    Map<String, Long> nested = counts("--memory-strategy", "nested");
    Map<String, Long> shadow = counts("--memory-strategy", "shadow");
    assertThat(nested.get("walk references"))
        .isEqualTo(nested.get("to guest tables") + nested.get("to P2M"));
    assertThat(shadow.get("walk references")).isEqualTo(shadow.get("to monitor tables"));
    assertThat(shadow.get("walk references") / (double) shadow.get("walks"))
        .isLessThan(nested.get("walk references") / (double) nested.get("walks"));
    assertThat(shadow).containsKeys("fill references", "shadow miss", "page-table pages, most");
  }
}

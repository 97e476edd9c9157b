package vivarium.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;
import vivarium.core.machine.MachineConfig;
import vivarium.core.plugin.PluginCatalog;

class MonitorTest {
  @TempDir Path directory;

  @Test
  void aMonitorWithoutPluginsSaysSo() {
    try (Monitor monitor = Monitor.load(List.of(directory))) {
      MachineConfig config = MachineConfig.builder().kernel(directory.resolve("none")).build();
      assertThatThrownBy(() -> monitor.create(config))
          .isInstanceOf(VivariumException.class)
          .hasMessage("no kernel " + directory.resolve("none"));
      assertThat(monitor.catalog().plugins()).isEmpty();
      assertThat(monitor.machines()).isEmpty();
    }
  }

  @Test
  void theHostsMemoryIsTheLimit() {
    try (Monitor monitor = Monitor.of(PluginCatalog.of())) {
      assertThat(monitor.memory().limit()).isGreaterThan(64 << 20);
    }
  }

  @Test
  void theLimitCanBeSet() {
    try (Monitor monitor = Monitor.of(PluginCatalog.of(), 1 << 20)) {
      assertThat(monitor.memory().limit()).isEqualTo(1 << 20);
      assertThat(monitor.memory().given()).isZero();
    }
  }
}

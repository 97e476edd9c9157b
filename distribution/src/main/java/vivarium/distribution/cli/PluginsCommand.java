package vivarium.distribution.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import vivarium.core.plugin.PluginCatalog;
import vivarium.core.plugin.PluginInfo;

/** {@code vivarium plugins}: what can be chosen by name, and what cannot, and why. */
@Command(
    name = "plugins",
    description = "Lists the plugins that were found.",
    mixinStandardHelpOptions = true)
final class PluginsCommand implements Runnable {
  private static final String ROW = "%-28s %-8s %-24s %-10s %-12s %-7s %s";

  private final Host host;

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "Directory with further plugins; repeatable")
  private List<Path> directories = new ArrayList<>();

  PluginsCommand(Host host) {
    this.host = host;
  }

  @Override
  public void run() {
    LogConfigurator.use(LogLevel.error); // the table says what the warnings would say
    PluginCatalog catalog = host.plugins(directories);
    row("ID", "KIND", "NAMES", "VERSION", "PROVIDER", "STATE", "REASON");
    for (PluginInfo plugin : catalog.plugins()) {
      String kinds =
          plugin.provides().keySet().stream()
              .map(kind -> kind.word())
              .collect(Collectors.joining(","));
      String names =
          plugin.provides().values().stream()
              .flatMap(List::stream)
              .collect(Collectors.joining(","));
      row(
          plugin.id(),
          kinds,
          names,
          plugin.version(),
          plugin.provider(),
          plugin.state().name().toLowerCase(Locale.ROOT),
          plugin.reason());
    }
  }

  private void row(String... cells) {
    host.out().println(ROW.formatted((Object[]) cells).stripTrailing());
  }
}

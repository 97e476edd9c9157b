package vivarium.distribution.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import vivarium.api.VivariumException;
import vivarium.core.machine.MachineConfig;

/**
 * A machine described in YAML: a mapping with the names of {@code run}'s options as keys, and
 * {@code guest}. Relative paths are relative to the file's directory. Every mistake is told with
 * file, line and column.
 */
final class MachineFile {
  private final Path file;
  private final Path directory;
  private final Wishes wishes = new Wishes();

  private MachineFile(Path file) {
    this.file = file;
    this.directory = Optional.ofNullable(file.getParent()).orElse(Path.of(""));
  }

  /** What a machine is called whose file does not say it. */
  static String defaultName(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.replaceFirst("\\.ya?ml$", "");
  }

  /** Whether a parameter of {@code run} names a file rather than a guest. */
  static boolean isNamedBy(String parameter) {
    return parameter.contains("/") || parameter.endsWith(".yaml") || parameter.endsWith(".yml");
  }

  /**
   * What a file wants.
   *
   * @throws VivariumException in one line, if it cannot be read or has a mistake
   */
  static Wishes read(Path file) {
    return new MachineFile(file).read();
  }

  private Wishes read() {
    LoadSettings settings = LoadSettings.builder().setLabel(file.toString()).build();
    try {
      StreamReader text = new StreamReader(settings, Files.readString(file));
      Optional<Node> root = new Composer(settings, new ParserImpl(settings, text)).getSingleNode();
      if (!(root.orElse(null) instanceof MappingNode mapping)) {
        throw new VivariumException(file + ":1:1: expected lines such as 'memory: 256M'");
      }
      Set<String> seen = new HashSet<>();
      for (NodeTuple entry : mapping.getValue()) {
        String key = text(entry.getKeyNode());
        if (!seen.add(key)) {
          throw mistake(entry.getKeyNode(), "'" + key + "' is said twice");
        }
        take(key, entry.getKeyNode(), entry.getValueNode());
      }
      return wishes;
    } catch (MarkedYamlEngineException e) {
      throw new VivariumException(place(e.getProblemMark()) + e.getProblem().strip(), e);
    } catch (YamlEngineException e) {
      throw new VivariumException(file + ": not YAML: " + firstLine(e), e);
    } catch (NoSuchFileException e) {
      throw new VivariumException("no machine file " + file, e);
    } catch (CharacterCodingException e) {
      throw new VivariumException(file + ": not a text file in UTF-8", e);
    } catch (IOException e) {
      throw new VivariumException("machine file " + file + " cannot be read: " + firstLine(e), e);
    }
  }

  private void take(String key, Node keyNode, Node value) {
    try {
      switch (key) {
        case "guest" -> wishes.guest = text(value);
        case "kernel" -> wishes.kernel = path(value);
        case "initrd" -> wishes.initrd = path(value);
        case "append" -> wishes.append = text(value);
        case "firmware" -> wishes.firmware = path(value);
        case "disk" -> wishes.disks = images(value);
        case "flash" -> wishes.flash = images(value);
        case "name" -> wishes.name = text(value);
        case "scheduling" -> takeScheduling(value);
        case "console" -> wishes.console = ConsolePlace.of(text(value), directory);
        case "memory" -> wishes.memoryBytes = Sizes.bytes(text(value));
        case "harts" -> wishes.harts = Wishes.harts(text(value));
        case "cpu" -> wishes.cpu = text(value);
        case "memory-strategy" -> wishes.memoryStrategy = text(value);
        case "isa" -> wishes.isa = text(value);
        case "isa-extensions" -> wishes.isaExtensions = texts(value);
        case "set" -> takeSettings(value);
        case "plugins" -> wishes.plugins = texts(value).stream().map(directory::resolve).toList();
        case "deterministic" -> wishes.deterministic = flag(value);
        case "seed" -> wishes.seed = Long.decode(text(value));
        case "max-steps" -> wishes.maxSteps = Wishes.steps(text(value));
        case "stats" -> wishes.stats = flag(value);
        case "log" -> wishes.log = level(text(value));
        default ->
            throw mistake(
                keyNode,
                "unknown key '"
                    + key
                    + "'; there is append, console, cpu, deterministic, disk, firmware, flash,"
                    + " guest, harts, initrd, isa, isa-extensions, kernel, log, max-steps, memory,"
                    + " memory-strategy, name, plugins, scheduling, seed, set, stats");
      }
    } catch (NumberFormatException e) {
      throw mistake(value, "'" + text(value) + "' is not a whole number");
    } catch (VivariumException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(file + ":") ? e : mistake(value, message);
    }
  }

  private void takeScheduling(Node value) {
    if (!(value instanceof MappingNode mapping)) {
      throw mistake(value, "expected a mapping such as {weight: 200, cap: 50}");
    }
    for (NodeTuple entry : mapping.getValue()) {
      Node number = entry.getValueNode();
      try {
        switch (text(entry.getKeyNode())) {
          case "weight" -> wishes.weight = Wishes.weight(text(number));
          case "cap" -> wishes.cap = Wishes.cap(text(number));
          case "slack" -> wishes.slack = Wishes.slack(text(number));
          default ->
              throw mistake(
                  entry.getKeyNode(),
                  "unknown key '" + text(entry.getKeyNode()) + "'; there is cap, slack, weight");
        }
      } catch (VivariumException e) {
        String message = String.valueOf(e.getMessage());
        throw message.startsWith(file + ":") ? e : mistake(number, message);
      }
    }
  }

  private void takeSettings(Node value) {
    if (!(value instanceof MappingNode mapping)) {
      throw mistake(value, "expected a mapping such as {cpu.key: value}");
    }
    for (NodeTuple entry : mapping.getValue()) {
      wishes.settings.put(text(entry.getKeyNode()), text(entry.getValueNode()));
    }
  }

  private static LogLevel level(String name) {
    return Arrays.stream(LogLevel.values())
        .filter(level -> level.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new VivariumException(
                    "unknown level '%s'; there is %s"
                        .formatted(
                            name,
                            Arrays.stream(LogLevel.values())
                                .map(LogLevel::name)
                                .collect(Collectors.joining(", ")))));
  }

  private Path path(Node node) {
    return directory.resolve(text(node));
  }

  private List<MachineConfig.Disk> images(Node node) {
    return texts(node).stream().map(image -> Wishes.disk(image, directory)).toList();
  }

  private String text(Node node) {
    if (node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
      return scalar.getValue();
    }
    throw mistake(node, "expected a single value");
  }

  private List<String> texts(Node node) {
    return node instanceof SequenceNode list
        ? list.getValue().stream().map(this::text).toList()
        : List.of(text(node));
  }

  private boolean flag(Node node) {
    return switch (text(node)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw mistake(node, "expected true or false");
    };
  }

  private VivariumException mistake(Node node, String problem) {
    return new VivariumException(place(node.getStartMark()) + problem);
  }

  private String place(Optional<Mark> mark) {
    return mark.map(at -> "%s:%d:%d: ".formatted(file, at.getLine() + 1, at.getColumn() + 1))
        .orElse(file + ": ");
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}

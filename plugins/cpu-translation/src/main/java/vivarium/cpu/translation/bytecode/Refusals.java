package vivarium.cpu.translation.bytecode;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import vivarium.cpu.translation.graph.Op;

/**
 * Tells of regions that Java refused, whose code stays interpreted: of the first one, in one
 * warning and a file from which the case can be made again. Later ones are like it, or not worth
 * more lines.
 */
final class Refusals {
  private static final Logger LOG = System.getLogger(Refusals.class.getName());

  private final Path directory;
  private final Consumer<String> warning;
  private boolean reported;

  /** Warns by the log; files go where temporary files go. */
  Refusals() {
    this(
        Path.of(System.getProperty("java.io.tmpdir", ".")),
        line -> LOG.log(Level.WARNING, "{0}", line));
  }

  Refusals(Path directory, Consumer<String> warning) {
    this.directory = directory;
    this.warning = warning;
  }

  /** Reports a refusal, if it is the first. */
  synchronized void report(List<FlatTrace> members, RegionRefused refused) {
    if (reported) {
      return;
    }
    reported = true;
    String pc = Long.toHexString(members.get(0).pc);
    warning.accept(
        "guest code at 0x%s, and what else Java refuses, stays interpreted: %s; %s"
            .formatted(pc, refused.getMessage(), keep(pc, members, refused)));
  }

  private String keep(String pc, List<FlatTrace> members, RegionRefused refused) {
    try {
      Path file = Files.createTempFile(directory, "vivarium-region-" + pc + "-", ".txt");
      Files.writeString(file, describe(members, refused));
      byte[] bytes = refused.bytes();
      if (bytes != null) {
        Files.write(Path.of(file.toString().replace(".txt", ".class")), bytes);
      }
      return "to reproduce it: " + file;
    } catch (IOException e) {
      return "what would reproduce it could not be written: " + e.getMessage();
    }
  }

  private static String describe(List<FlatTrace> members, RegionRefused refused) {
    StringBuilder text = new StringBuilder(refused.getMessage()).append('\n');
    for (FlatTrace member : members) {
      text.append("trace 0x").append(Long.toHexString(member.pc)).append('\n');
      for (int node = 0; node < member.count(); node++) {
        text.append(
            "  %d: %s%s aux %d, operands %d %d %d, value 0x%x, instruction 0x%x%n"
                .formatted(
                    node,
                    Op.name(member.op(node)),
                    member.wide(node) ? "" : " narrow",
                    member.aux(node),
                    member.a(node),
                    member.b(node),
                    member.c(node),
                    member.values[node],
                    member.pcs[member.stepOf[node]]));
      }
    }
    return text.toString();
  }
}

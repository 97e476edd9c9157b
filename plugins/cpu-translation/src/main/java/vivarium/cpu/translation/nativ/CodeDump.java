package vivarium.cpu.translation.nativ;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import vivarium.api.VivariumException;
import vivarium.cpu.translation.x64.X64Assembler;

/**
 * Writes down each trace as it is made: guest instructions, the graph beneath each unless its code
 * is plain, and the emitted bytes, which {@code xxd -r -p | objdump -D -b binary -m i386:x86-64}
 * reads. For people.
 */
final class CodeDump implements AutoCloseable {
  private static final int BYTES_A_LINE = 32;

  private final PrintStream out;

  private CodeDump(PrintStream out) {
    this.out = out;
  }

  /** A dump to a file, or {@code null} if none is wanted. */
  static @Nullable CodeDump to(@Nullable String file) {
    if (file == null) {
      return null;
    }
    try {
      return new CodeDump(new PrintStream(Path.of(file).toFile(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new VivariumException("cannot write translated code to " + file, e);
    }
  }

  /**
   * Writes a trace, whose code is in the assembler and goes to an address of the host.
   *
   * @param meaning what the code was made from, as its text
   */
  void write(Trace trace, Object meaning, X64Assembler asm, long address) {
    out.println(text(trace, meaning, asm, address));
  }

  /** The same as text. */
  static String text(Trace trace, Object meaning, X64Assembler asm, long address) {
    StringBuilder text = new StringBuilder();
    text.append(
        "trace 0x%x (gpa 0x%x, key 0x%x), %d steps%n"
            .formatted(trace.pc, trace.gpa, trace.key, trace.steps));
    text.append(meaning);
    byte[] code = asm.toByteArray();
    text.append("code at 0x%x, %d bytes%n".formatted(address, code.length));
    for (int i = 0; i < code.length; i += BYTES_A_LINE) {
      int end = Math.min(code.length, i + BYTES_A_LINE);
      text.append(HexFormat.of().formatHex(code, i, end)).append(System.lineSeparator());
    }
    return text.toString();
  }

  @Override
  public void close() {
    out.close();
  }
}

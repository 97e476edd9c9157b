package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;

class RawImageTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void setUp() throws IOException {
    file = Files.write(directory.resolve("disk.img"), new byte[2048]);
  }

  private static void assertRefused(Path file, boolean readOnly, String line) {
    assertThatThrownBy(() -> RawImage.open(file, readOnly))
        .isInstanceOf(VivariumException.class)
        .hasMessage(line);
  }

  @Test
  void whatIsWrittenIsReadBackAndInTheFile() throws IOException {
    try (RawImage image = RawImage.open(file, false)) {
      assertThat(image.size()).isEqualTo(2048);
      image.write(512, MemorySegment.ofArray(new byte[] {1, 2, 3}));
      image.flush();
      byte[] back = new byte[4];
      image.read(511, MemorySegment.ofArray(back));
      assertThat(back).containsExactly(0, 1, 2, 3);
    }
    assertThat(Files.readAllBytes(file)).hasSize(2048).startsWith(new byte[512]);
    assertThat(Files.readAllBytes(file)[513]).isEqualTo((byte) 2);
  }

  @Test
  void aReadOnlyImageRefusesWritesAndStaysAsItIs() throws IOException {
    try (RawImage image = RawImage.open(file, true)) {
      assertThat(image.readOnly()).isTrue();
      assertThatThrownBy(() -> image.write(0, MemorySegment.ofArray(new byte[] {1})))
          .isInstanceOf(IOException.class);
      image.flush();
    }
    assertThat(Files.readAllBytes(file)).containsOnly(0);
  }

  @Test
  void accessBeyondTheEndIsRefusedAndDoesNotMakeTheFileLonger() throws IOException {
    try (RawImage image = RawImage.open(file, false)) {
      MemorySegment two = MemorySegment.ofArray(new byte[2]);
      for (long offset : new long[] {2047, 2048, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
        assertThatThrownBy(() -> image.write(offset, two)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> image.read(offset, two)).isInstanceOf(IOException.class);
      }
    }
    assertThat(Files.size(file)).isEqualTo(2048);
  }

  @Test
  void aSizeThatIsNoMultipleOfASectorIsRefused() throws IOException {
    Path odd = Files.write(directory.resolve("odd"), new byte[513]);
    Path empty = Files.createFile(directory.resolve("empty"));
    String rest = " bytes, which is not a positive multiple of 512";
    assertRefused(odd, false, "disk image " + odd + " has 513" + rest);
    assertRefused(empty, true, "disk image " + empty + " has 0" + rest);
    assertThat(Files.size(odd)).isEqualTo(513);
  }

  @Test
  void whatIsNotAFileIsRefused() {
    Path missing = directory.resolve("missing");
    assertRefused(missing, false, "no disk image " + missing);
    assertRefused(directory, true, "disk image " + directory + " is not a file");
    assertThat(missing).doesNotExist();
  }

  @Test
  void oneWriterExcludesAllOthersAlsoByAnotherName() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);
    try (RawImage writer = RawImage.open(file, false)) {
      assertThat(writer.readOnly()).isFalse();
      assertRefused(link, false, "disk image " + link + " is in use by another machine");
      assertRefused(file, true, "disk image " + file + " is in use by another machine");
    }
    RawImage.open(link, false).close();
  }

  @Test
  void readersShareAnImageAndExcludeWriters() throws IOException {
    try (RawImage first = RawImage.open(file, true);
        RawImage second = RawImage.open(file, true)) {
      second.read(0, MemorySegment.ofArray(new byte[512]));
      first.read(0, MemorySegment.ofArray(new byte[512]));
      assertRefused(file, false, "disk image " + file + " is in use by another machine");
    }
    RawImage.open(file, false).close();
  }

  @Test
  void anImageLockedByAnotherProcessIsRefused() throws IOException, InterruptedException {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                source("Holder", HOLDER).toString(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.getInputStream().read()).isEqualTo('L');
      assertRefused(file, false, "disk image " + file + " is in use by another process");
    } finally {
      holder.destroy();
      holder.waitFor();
    }
  }

  private static final String HOLDER =
      """
      void main(String[] args) throws Exception {
        try (var channel = java.nio.channels.FileChannel.open(
            java.nio.file.Path.of(args[0]), java.nio.file.StandardOpenOption.WRITE)) {
          channel.lock();
          System.out.write('L');
          System.out.flush();
          System.in.read();
        }
      }
      """;

  private Path source(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name + ".java"), text);
  }
}

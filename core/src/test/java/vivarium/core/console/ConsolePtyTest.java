package vivarium.core.console;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Timeout(60)
@EnabledOnOs(OS.LINUX)
class ConsolePtyTest {
  private final RelayConsole console = new RelayConsole();

  private void print(String text) {
    for (byte value : text.getBytes(US_ASCII)) {
      console.write(value);
    }
    console.flush();
  }

  @Test
  void clientsComeAndGo() throws IOException {
    try (ConsolePty pty = ConsolePty.open(console)) {
      assertThat(Files.exists(Path.of(pty.path()))).isTrue();
      for (String word : new String[] {"one", "two"}) {
        try (FileInputStream in = new FileInputStream(pty.path());
            FileOutputStream out = new FileOutputStream(pty.path())) {
          print(word + "\n");
          assertThat(new String(in.readNBytes(4), US_ASCII)).isEqualTo(word + "\n");
          out.write("\3".getBytes(US_ASCII)); // a raw terminal makes no signal of Ctrl-C
          while (!console.available()) {
            Thread.onSpinWait();
          }
          assertThat(console.read()).isEqualTo(3);
        }
      }
    }
  }

  @Test
  void theMachineNeverWaitsWhileNobodyListens() {
    try (ConsolePty pty = ConsolePty.open(console)) {
      assertThat(pty.path()).startsWith("/dev/");
      for (int i = 0; i < 100; i++) {
        print("x".repeat(16_384));
      }
      assertThat(console.end()).isEqualTo(100 * 16_384);
    }
  }
}

package vivarium.core.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsoleTest {
  private final BlockingQueue<Runnable> posted = new ArrayBlockingQueue<>(1000);

  @Test
  void streamInputComesByThePostedListener() throws InterruptedException {
    StreamConsole console =
        new StreamConsole(
            new ByteArrayInputStream(new byte[] {'a', (byte) 0xff}), new ByteArrayOutputStream());
    console.attach(posted::add);
    StringBuilder told = new StringBuilder();
    console.onInput(() -> told.append("told"));
    posted.take().run();
    assertThat(told).hasToString("told");
    assertThat(console.available()).isTrue();
    assertThat(console.read()).isEqualTo('a');
    assertThat(console.read()).isEqualTo(0xff);
    assertThat(console.read()).isEqualTo(-1);
    assertThat(console.available()).isFalse();
  }

  @Test
  void moreInputThanTheGuestTakesWaits() throws InterruptedException {
    byte[] much = new byte[100_000];
    much[much.length - 1] = 1;
    StreamConsole console =
        new StreamConsole(new ByteArrayInputStream(much), new ByteArrayOutputStream());
    console.attach(task -> {});
    int last = -1;
    for (int taken = 0; taken < much.length; ) {
      int value = console.read();
      if (value >= 0) {
        taken++;
        last = value;
      } else {
        Thread.onSpinWait();
      }
    }
    assertThat(last).isEqualTo(1);
    assertThat(console.read()).isEqualTo(-1);
  }

  @Test
  void streamOutputIsSeenAfterAFlushOrWhenThereIsMuch() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StreamConsole console = new StreamConsole(new ByteArrayInputStream(new byte[0]), out);
    console.write('x');
    assertThat(out.size()).isZero();
    console.flush();
    assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("x");
    for (int i = 0; i < 10_000; i++) {
      console.write(i);
    }
    assertThat(out.size()).isGreaterThan(8000);
  }

  @Test
  void brokenOutputDoesNotReachTheGuest() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("broken pipe");
          }
        };
    StreamConsole console = new StreamConsole(new ByteArrayInputStream(new byte[0]), broken);
    for (int i = 0; i < 3; i++) {
      console.write('x');
      console.flush();
    }
    assertThat(console.available()).isFalse();
  }

  @Test
  void bufferKeepsOutputAndGivesInputInOrder() throws InterruptedException {
    BufferConsole console = new BufferConsole();
    console.attach(posted::add);
    console.write('h');
    console.write('i');
    console.feed("ab");
    assertThat(console.awaitText("hi", 1000)).isTrue();
    assertThat(console.awaitText("ho", 0)).isFalse();
    assertThat(console.read()).isEqualTo('a');
    assertThat(console.read()).isEqualTo('b');
    assertThat(console.read()).isEqualTo(-1);
    assertThat(posted).hasSize(1);
  }

  @Test
  void inputFedBeforeTheMachineExistsIsTold() {
    BufferConsole console = new BufferConsole();
    console.feed("early");
    console.attach(posted::add);
    assertThat(posted).hasSize(1);
  }

  @Test
  void aConsoleNowhereKeepsNothing() {
    Console console = Console.nowhere();
    console.write('x');
    assertThat(((BufferConsole) console).text()).isEmpty();
    assertThat(console.read()).isEqualTo(-1);
  }
}

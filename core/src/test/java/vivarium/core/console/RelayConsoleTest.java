package vivarium.core.console;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RelayConsoleTest {
  private final RelayConsole console = new RelayConsole();

  private void print(String text) {
    for (byte value : text.getBytes(US_ASCII)) {
      console.write(value);
    }
    console.flush();
  }

  private int type(String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    return console.offer(bytes, 0, bytes.length);
  }

  @Test
  void outputCanBeReadFromAnyPositionThatIsKept() {
    print("hello ");
    print("world");
    assertThat(console.end()).isEqualTo(11);
    assertThat(new String(console.read(0, 100).bytes(), US_ASCII)).isEqualTo("hello world");
    RelayConsole.Piece piece = console.read(6, 3);
    assertThat(new String(piece.bytes(), US_ASCII)).isEqualTo("wor");
    assertThat(piece.next()).isEqualTo(9);
    assertThat(piece.lost()).isZero();
    assertThat(console.read(11, 100).bytes()).isEmpty();
  }

  @Test
  void nothingIsSeenBeforeItIsFlushed() {
    console.write('a');
    assertThat(console.end()).isZero();
    console.flush();
    assertThat(console.end()).isEqualTo(1);
  }

  @Test
  void whatNobodyReadsIsLostFromTheFront() {
    String line = "0123456789abcdef";
    int lines = RelayConsole.KEPT_BYTES / line.length() + 3;
    for (int i = 0; i < lines; i++) {
      print(line);
    }
    RelayConsole.Piece piece = console.read(0, 16);
    assertThat(piece.lost()).isEqualTo(3 * 16);
    assertThat(new String(piece.bytes(), US_ASCII)).isEqualTo(line);
    assertThat(piece.next()).isEqualTo(4 * 16);
  }

  @Test
  void theReaderIsToldOfOutput() {
    AtomicInteger told = new AtomicInteger();
    console.onOutput(told::incrementAndGet);
    print("a");
    console.flush();
    assertThat(told).hasValue(1);
  }

  @Test
  void whatIsTypedComesInOrderAndTheListenerIsToldOnTheMachinesThread() {
    List<Runnable> posted = new ArrayList<>();
    AtomicInteger told = new AtomicInteger();
    console.attach(posted::add);
    console.onInput(told::incrementAndGet);
    assertThat(console.available()).isFalse();
    assertThat(console.read()).isEqualTo(-1);
    assertThat(type("ab")).isEqualTo(2);
    assertThat(told).hasValue(0);
    posted.forEach(Runnable::run);
    assertThat(told).hasValue(1);
    assertThat(console.available()).isTrue();
    assertThat(console.read()).isEqualTo('a');
    assertThat(console.read()).isEqualTo('b');
    assertThat(console.read()).isEqualTo(-1);
  }

  @Test
  void aMachineThatIsAttachedLaterFindsWhatWasTypedBefore() {
    type("a");
    List<Runnable> posted = new ArrayList<>();
    console.attach(posted::add);
    assertThat(posted).hasSize(1);
  }

  @Test
  void moreThanTheGuestTakesIsNotTaken() {
    assertThat(type("x".repeat(5000))).isEqualTo(4096);
    assertThat(type("y")).isZero();
    assertThat(console.read()).isEqualTo('x');
    assertThat(type("yy")).isEqualTo(1);
  }

  @Test
  void whoWaitsForTheGuestToTakeInputGivesUpWhenTheConsoleIsClosed() throws InterruptedException {
    Thread typist =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    console.put(new byte[10_000], 0, 10_000);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    while (typist.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    console.close();
    typist.join();
    assertThat(console.isClosed()).isTrue();
  }
}

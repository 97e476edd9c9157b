package vivarium.distribution.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EscapeKeysTest {
  private final List<String> done = new ArrayList<>();

  private EscapeKeys typing(String keys) {
    return typing(new ByteArrayInputStream(keys.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private EscapeKeys typing(InputStream keys) {
    return new EscapeKeys(keys, Map.of('x', () -> done.add("left")));
  }

  private static String read(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void whatIsTypedReachesTheGuest() throws IOException {
    assertThat(read(typing("ls\r\3\377x"))).isEqualTo("ls\r\3\377x");
    assertThat(done).isEmpty();
  }

  @Test
  void aCommandIsDoneAndDoesNotReachTheGuest() throws IOException {
    assertThat(read(typing("a\1xb\1Xc"))).isEqualTo("abc");
    assertThat(done).containsExactly("left", "left");
  }

  @Test
  void ctrlATwiceReachesTheGuestOnce() throws IOException {
    assertThat(read(typing("\1\1x"))).isEqualTo("\1x");
    assertThat(done).isEmpty();
  }

  @Test
  void ctrlAAndAKeyThatIsNoCommandAreDropped() throws IOException {
    assertThat(read(typing("a\1qb"))).isEqualTo("ab");
  }

  @Test
  void aCommandIsSeenWhenItsKeysComeOneByOne() throws IOException {
    InputStream slow =
        new ByteArrayInputStream(new byte[] {'a', 1, 'x', 'b'}) {
          @Override
          public synchronized int read(byte[] buffer, int offset, int length) {
            return super.read(buffer, offset, Math.min(length, 1));
          }
        };
    EscapeKeys keys = typing(slow);
    byte[] buffer = new byte[8];
    assertThat(keys.read(buffer, 0, 8)).isEqualTo(1);
    assertThat(keys.read(buffer, 0, 8)).isEqualTo(1);
    assertThat(buffer[0]).isEqualTo((byte) 'b');
    assertThat(keys.read(buffer, 0, 8)).isEqualTo(-1);
    assertThat(done).containsExactly("left");
  }

  @Test
  void singleKeysAreReadTheSameWay() throws IOException {
    EscapeKeys keys = typing("\1xy");
    assertThat(keys.read()).isEqualTo('y');
    assertThat(keys.read()).isEqualTo(-1);
  }
}

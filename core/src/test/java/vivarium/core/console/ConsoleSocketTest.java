package vivarium.core.console;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import vivarium.api.VivariumException;

@Timeout(60)
class ConsoleSocketTest {
  @TempDir Path directory;
  private final RelayConsole console = new RelayConsole();

  private void print(String text) {
    for (byte value : text.getBytes(US_ASCII)) {
      console.write(value);
    }
    console.flush();
  }

  private static String receive(SocketChannel from, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && from.read(buffer) >= 0) {
      Thread.onSpinWait();
    }
    return new String(buffer.array(), 0, buffer.position(), US_ASCII);
  }

  private static void send(SocketChannel to, String text) throws IOException {
    to.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
  }

  private void awaitTyped(String text) {
    for (byte value : text.getBytes(US_ASCII)) {
      while (!console.available()) {
        Thread.onSpinWait();
      }
      assertThat(console.read()).isEqualTo(value);
    }
  }

  @Test
  void aClientOfAUnixSocketSeesOutputAndTypes() throws IOException {
    Path file = directory.resolve("vm.sock");
    try (ConsoleSocket socket = ConsoleSocket.atUnix(console, file)) {
      assertThat(socket.port()).isEqualTo(-1);
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
        print("login: ");
        assertThat(receive(client, 7)).isEqualTo("login: ");
        send(client, "root");
        awaitTyped("root");
      }
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void theNextClientGoesOnWhereTheLastOneLeft() throws IOException {
    try (ConsoleSocket socket = ConsoleSocket.atTcp(console, "127.0.0.1", 0)) {
      InetSocketAddress address = new InetSocketAddress("127.0.0.1", socket.port());
      print("early ");
      try (SocketChannel first = SocketChannel.open(address)) {
        assertThat(receive(first, 6)).isEqualTo("early ");
      }
      try (SocketChannel second = SocketChannel.open(address)) {
        send(second, "x");
        awaitTyped("x"); // the first one's writer is gone then
        print("late");
        assertThat(receive(second, 4)).isEqualTo("late");
      }
    }
  }

  @Test
  void whatIsNotKeptWhileNobodyListensIsCounted() throws IOException {
    try (ConsoleSocket socket = ConsoleSocket.atTcp(console, "127.0.0.1", 0)) {
      print("x".repeat(RelayConsole.KEPT_BYTES + 100));
      InetSocketAddress address = new InetSocketAddress("127.0.0.1", socket.port());
      try (SocketChannel client = SocketChannel.open(address)) {
        assertThat(receive(client, 30)).startsWith("\r\n[100 bytes are lost]\r\nxxx");
      }
    }
  }

  @Test
  void theMachineNeverWaitsForAClientThatDoesNotRead() throws IOException {
    try (ConsoleSocket socket = ConsoleSocket.atTcp(console, "127.0.0.1", 0);
        SocketChannel client =
            SocketChannel.open(new InetSocketAddress("127.0.0.1", socket.port()))) {
      for (int i = 0; i < 2000; i++) {
        print("x".repeat(16_384));
      }
      assertThat(console.end()).isEqualTo(2000 * 16_384);
      assertThat(client.isConnected()).isTrue();
    }
  }

  @Test
  void aSocketThatADeadProcessLeftIsReplaced() throws IOException {
    Path file = directory.resolve("vm.sock");
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(file));
    }
    assertThat(file).exists();
    try (ConsoleSocket socket = ConsoleSocket.atUnix(console, file);
        SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
      assertThat(client.isConnected()).isTrue();
      assertThat(socket.port()).isEqualTo(-1);
    }
  }

  @Test
  void aPlaceThatIsTakenIsRefusedInOneLine() throws IOException {
    Path file = directory.resolve("vm.sock");
    try (ConsoleSocket first = ConsoleSocket.atUnix(console, file)) {
      assertThat(first.port()).isEqualTo(-1);
      assertThatThrownBy(() -> ConsoleSocket.atUnix(new RelayConsole(), file))
          .isInstanceOf(VivariumException.class)
          .hasMessage("no console at unix:" + file + ": somebody listens there already");
    }
    Path plain = Files.writeString(directory.resolve("plain"), "keep me");
    assertThatThrownBy(() -> ConsoleSocket.atUnix(console, plain))
        .hasMessage("no console at unix:" + plain + ": there is a file of that name");
    assertThat(plain).hasContent("keep me");
    try (ServerSocket other = new ServerSocket(0)) {
      assertThatThrownBy(() -> ConsoleSocket.atTcp(console, "0.0.0.0", other.getLocalPort()))
          .isInstanceOf(VivariumException.class)
          .hasMessageStartingWith("no console at tcp:0.0.0.0:" + other.getLocalPort() + ": ");
    }
  }
}

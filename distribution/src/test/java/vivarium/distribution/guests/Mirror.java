package vivarium.distribution.guests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A web server on the loopback that knows files, ranges and little else. */
final class Mirror implements AutoCloseable {
  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final List<String> requests = new CopyOnWriteArrayList<>();
  volatile boolean ranges = true;
  private final ServerSocket socket;
  private final Thread server;

  Mirror() throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server = Thread.ofPlatform().daemon().start(this::serve);
  }

  URI root() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/debian/");
  }

  void put(String path, byte[] body) {
    files.put("/debian/" + path, body);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    try {
      // while the thread is still inside accept, the port still answers
      server.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket connection = socket.accept()) {
        answer(connection);
      } catch (IOException e) {
        // the client left or the test is over
      }
    }
  }

  private void answer(Socket connection) throws IOException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII));
    String path = in.readLine().split(" ")[1];
    int from = 0;
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      if (ranges && line.toLowerCase().startsWith("range: bytes=")) {
        from = Integer.parseInt(line.substring(13, line.length() - 1));
      }
    }
    requests.add(path + (from > 0 ? " from " + from : ""));
    byte[] body = files.get(path);
    String status = body == null ? "404 Not Found" : from > 0 ? "206 Partial Content" : "200 OK";
    if (body != null && from >= body.length) {
      status = "416 Range Not Satisfiable";
    }
    byte[] part =
        body == null || from >= body.length
            ? new byte[0]
            : Arrays.copyOfRange(body, from, body.length);
    String range =
        status.startsWith("206")
            ? "Content-Range: bytes %d-%d/%d\r\n".formatted(from, body.length - 1, body.length)
            : "";
    String head =
        "HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n"
            .formatted(status, part.length, range);
    OutputStream out = connection.getOutputStream();
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(part);
    out.flush();
  }
}

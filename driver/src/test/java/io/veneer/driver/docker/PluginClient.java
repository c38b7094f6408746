// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** One connection to a plugin, with requests as dockerd writes them, odd headers and all. */
final class PluginClient implements AutoCloseable {
  private final SocketChannel channel;
  private final ByteBuffer input = ByteBuffer.allocate(64 << 10).flip();

  PluginClient(Path socket) throws IOException {
    channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  /** An answer: its status, its type, and its body with chunks put together. */
  record Answer(int status, String type, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8).strip();
    }
  }

  Answer call(String path, String json) throws IOException {
    byte[] body = json.isEmpty() ? new byte[0] : (json + "\n").getBytes(StandardCharsets.UTF_8);
    send(
        "POST "
            + path
            + " HTTP/1.1\r\nHost: \r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: "
            + body.length
            + "\r\nAccept: application/vnd.docker.plugins.v1.2+json\r\n\r\n");
    send(body);
    return answer();
  }

  void beginChunked(String path) throws IOException {
    send("POST " + path + " HTTP/1.1\r\nHost: \r\nTransfer-Encoding: chunked\r\n\r\n");
  }

  void chunk(byte[] bytes, int length) throws IOException {
    send(Integer.toHexString(length) + "\r\n");
    send(ByteBuffer.wrap(bytes, 0, length));
    send("\r\n");
  }

  Answer endChunked() throws IOException {
    send("0\r\n\r\n");
    return answer();
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void send(byte[] bytes) throws IOException {
    send(ByteBuffer.wrap(bytes));
  }

  private void send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  Answer answer() throws IOException {
    int status = Integer.parseInt(line().split(" ")[1]);
    String type = "";
    int length = 0;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).strip());
      } else if (lower.startsWith("content-type:")) {
        type = header.substring(13).strip();
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = true;
      }
    }
    return new Answer(status, type, chunked ? chunks() : bytes(length));
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int length = Integer.parseInt(line(), 16);
        length > 0;
        length = Integer.parseInt(line(), 16)) {
      all.writeBytes(bytes(length));
      line();
    }
    line();
    return all.toByteArray();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (char next = (char) next(); next != '\n'; next = (char) next()) {
      line.append(next);
    }
    return line.toString().strip();
  }

  private byte[] bytes(int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = next();
    }
    return bytes;
  }

  private byte next() throws IOException {
    if (!input.hasRemaining()) {
      input.clear();
      int count = channel.read(input);
      input.flip();
      if (count < 0) {
        throw new EOFException("the server closed the connection");
      }
    }
    return input.get();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A client that sends what it is told to, right or wrong, and takes apart what comes back. One
 * thread reads and one writes.
 */
final class RawClient implements AutoCloseable {
  /** A reply to an option. */
  record OptionReply(int option, int type, byte[] data) {
    String text() {
      return new String(data, StandardCharsets.UTF_8);
    }

    ByteBuffer buffer() {
      return ByteBuffer.wrap(data);
    }
  }

  /** One chunk of a structured reply, or a simple reply, which has type -1. */
  record Chunk(int type, int flags, long cookie, int error, byte[] data) {
    boolean isDone() {
      return (flags & NbdProtocol.NBD_REPLY_FLAG_DONE) != 0;
    }

    boolean isSimple() {
      return type == -1;
    }

    ByteBuffer buffer() {
      return ByteBuffer.wrap(data);
    }
  }

  /** A whole reply: the error, and what a read brought. */
  record Reply(int error, List<Chunk> chunks) {
    boolean has(int type) {
      return chunks.stream().anyMatch(chunk -> chunk.type() == type);
    }
  }

  private final SocketChannel channel;
  private ReadableByteChannel in;
  private WritableByteChannel out;
  private long nextCookie = 1;
  long sizeBytes;
  int transmissionFlags;

  private RawClient(SocketChannel channel) {
    this.channel = channel;
    this.in = channel;
    this.out = channel;
  }

  static RawClient connect(Path socket) throws IOException {
    return connect(UnixDomainSocketAddress.of(socket));
  }

  static RawClient connect(SocketAddress address) throws IOException {
    return new RawClient(SocketChannel.open(address));
  }

  /** Connects, and chooses an export with or without structured replies. */
  static RawClient using(Path socket, String export, boolean structured) throws IOException {
    RawClient client = connect(socket);
    client.greet(3);
    if (structured) {
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
    }
    client.go(export);
    return client;
  }

  SocketChannel channel() {
    return channel;
  }

  void send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  ByteBuffer receive(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (in.read(bytes) < 0) {
        throw new EOFException("server closed after " + bytes.position() + " of " + count);
      }
    }
    return bytes.flip();
  }

  /** Whether the server has closed, once all that it sent is read. */
  boolean isClosedByServer() {
    try {
      ByteBuffer rest = ByteBuffer.allocate(1 << 16);
      while (in.read(rest.clear()) >= 0) {
        // what was on its way
      }
      return true;
    } catch (IOException e) {
      return true;
    }
  }

  /** Has the server start TLS, and goes on encrypted; the socket, which tells who the server is. */
  SSLSocket startTls(SSLContext context) throws IOException {
    OptionReply reply = option(NbdProtocol.NBD_OPT_STARTTLS).get(0);
    if (reply.type() != NbdProtocol.NBD_REP_ACK) {
      throw new IOException("TLS refused: " + reply.text());
    }
    SSLSocket tls =
        (SSLSocket)
            context.getSocketFactory().createSocket(channel.socket(), "localhost", 1, false);
    tls.startHandshake();
    in = Channels.newChannel(tls.getInputStream());
    out = Channels.newChannel(tls.getOutputStream());
    return tls;
  }

  /** Takes the greeting, and says which flags the client has. */
  ByteBuffer greet(int clientFlags) throws IOException {
    ByteBuffer greeting = receive(NbdProtocol.GREETING_BYTES);
    send(ByteBuffer.allocate(4).putInt(clientFlags).flip());
    return greeting;
  }

  void sendOption(int option, byte[] data) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(16 + data.length);
    bytes.putLong(NbdProtocol.IHAVEOPT).putInt(option).putInt(data.length).put(data);
    send(bytes.flip());
  }

  OptionReply receiveOptionReply() throws IOException {
    ByteBuffer header = receive(20);
    if (header.getLong() != NbdProtocol.OPTION_REPLY_MAGIC) {
      throw new IOException("no option reply");
    }
    int option = header.getInt();
    int type = header.getInt();
    return new OptionReply(option, type, receive(header.getInt()).array());
  }

  /** Sends an option and takes all replies to it; the last is an acknowledgement or an error. */
  List<OptionReply> option(int option, byte... data) throws IOException {
    sendOption(option, data);
    List<OptionReply> replies = new ArrayList<>();
    OptionReply reply;
    do {
      reply = receiveOptionReply();
      replies.add(reply);
    } while (reply.type() != NbdProtocol.NBD_REP_ACK && reply.type() >= 0);
    return replies;
  }

  int typeOf(int option, byte... data) throws IOException {
    List<OptionReply> replies = option(option, data);
    return replies.get(replies.size() - 1).type();
  }

  static byte[] infoData(String name, int... wanted) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    ByteBuffer data = ByteBuffer.allocate(4 + bytes.length + 2 + 2 * wanted.length);
    data.putInt(bytes.length).put(bytes).putShort((short) wanted.length);
    for (int info : wanted) {
      data.putShort((short) info);
    }
    return data.array();
  }

  static byte[] contextData(String export, String... queries) {
    ByteBuffer data = ByteBuffer.allocate(1 << 16);
    byte[] name = export.getBytes(StandardCharsets.UTF_8);
    data.putInt(name.length).put(name).putInt(queries.length);
    for (String query : queries) {
      byte[] bytes = query.getBytes(StandardCharsets.UTF_8);
      data.putInt(bytes.length).put(bytes);
    }
    byte[] all = new byte[data.flip().remaining()];
    data.get(all);
    return all;
  }

  /** Chooses metadata contexts; their ids by name. */
  Map<String, Integer> setContexts(String export, String... queries) throws IOException {
    Map<String, Integer> ids = new LinkedHashMap<>();
    for (OptionReply reply :
        option(NbdProtocol.NBD_OPT_SET_META_CONTEXT, contextData(export, queries))) {
      if (reply.type() == NbdProtocol.NBD_REP_META_CONTEXT) {
        ByteBuffer data = reply.buffer();
        int id = data.getInt();
        ids.put(StandardCharsets.UTF_8.decode(data).toString(), id);
      }
    }
    return ids;
  }

  RawClient go(String export) throws IOException {
    for (OptionReply reply : option(NbdProtocol.NBD_OPT_GO, infoData(export))) {
      ByteBuffer data = reply.buffer();
      if (reply.type() < 0) {
        throw new IOException("export refused: " + reply.text());
      }
      if (reply.type() == NbdProtocol.NBD_REP_INFO
          && data.getShort() == NbdProtocol.NBD_INFO_EXPORT) {
        sizeBytes = data.getLong();
        transmissionFlags = Short.toUnsignedInt(data.getShort());
      }
    }
    return this;
  }

  static ByteBuffer request(int type, int flags, long cookie, long offset, int length) {
    return ByteBuffer.allocate(NbdProtocol.REQUEST_BYTES)
        .putInt(NbdProtocol.REQUEST_MAGIC)
        .putShort((short) flags)
        .putShort((short) type)
        .putLong(cookie)
        .putLong(offset)
        .putInt(length)
        .flip();
  }

  /** Sends a request and says its cookie. */
  long start(int type, int flags, long offset, int length) throws IOException {
    long cookie = nextCookie++;
    send(request(type, flags, cookie, offset, length));
    return cookie;
  }

  /** Takes the next chunk, whichever request it belongs to; {@code data} of a simple read reply. */
  Chunk receiveChunk(int simpleReadBytes) throws IOException {
    int magic = receive(4).getInt();
    if (magic == NbdProtocol.SIMPLE_REPLY_MAGIC) {
      ByteBuffer rest = receive(12);
      int error = rest.getInt();
      int bytes = error == 0 ? simpleReadBytes : 0;
      return new Chunk(
          -1, NbdProtocol.NBD_REPLY_FLAG_DONE, rest.getLong(), error, receive(bytes).array());
    }
    if (magic != NbdProtocol.STRUCTURED_REPLY_MAGIC) {
      throw new IOException("no reply: magic=" + Integer.toHexString(magic));
    }
    ByteBuffer rest = receive(16);
    int flags = rest.getShort();
    int type = Short.toUnsignedInt(rest.getShort());
    long cookie = rest.getLong();
    byte[] data = receive(rest.getInt()).array();
    int error = type == NbdProtocol.NBD_REPLY_TYPE_ERROR ? ByteBuffer.wrap(data).getInt() : 0;
    return new Chunk(type, flags, cookie, error, data);
  }

  /** Takes one whole reply; nothing else may be on its way. */
  Reply receiveReply(int simpleReadBytes) throws IOException {
    List<Chunk> chunks = new ArrayList<>();
    int error = 0;
    Chunk chunk;
    do {
      chunk = receiveChunk(simpleReadBytes);
      error = chunk.error() != 0 ? chunk.error() : error;
      chunks.add(chunk);
    } while (!chunk.isDone());
    return new Reply(error, chunks);
  }

  /** Does a request that has no payload and waits for the reply. */
  Reply call(int type, int flags, long offset, int length) throws IOException {
    start(type, flags, offset, length);
    return receiveReply(type == NbdProtocol.NBD_CMD_READ ? length : 0);
  }

  int write(long offset, byte[] data, int flags) throws IOException {
    start(NbdProtocol.NBD_CMD_WRITE, flags, offset, data.length);
    send(ByteBuffer.wrap(data));
    return receiveReply(0).error();
  }

  /** Reads a range, put together from all chunks, and fails on an error. */
  byte[] read(long offset, int length) throws IOException {
    return assemble(call(NbdProtocol.NBD_CMD_READ, 0, offset, length), offset, length);
  }

  static byte[] assemble(Reply reply, long offset, int length) throws IOException {
    if (reply.error() != 0) {
      throw new IOException("read failed: error=" + reply.error());
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    int covered = 0;
    for (Chunk chunk : reply.chunks()) {
      ByteBuffer data = chunk.buffer();
      if (chunk.isSimple()) {
        return chunk.data();
      } else if (chunk.type() == NbdProtocol.NBD_REPLY_TYPE_OFFSET_DATA) {
        int at = (int) (data.getLong() - offset);
        covered += data.remaining();
        all.position(at).put(data);
      } else if (chunk.type() == NbdProtocol.NBD_REPLY_TYPE_OFFSET_HOLE) {
        data.getLong();
        covered += data.getInt();
      }
    }
    if (covered != length) {
      throw new IOException("chunks do not cover the request: " + covered + " of " + length);
    }
    return all.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

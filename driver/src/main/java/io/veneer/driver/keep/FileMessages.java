// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.IntSupplier;
import jnr.constants.platform.Errno;
import jnr.posix.CmsgHdr;
import jnr.posix.MsgHdr;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;

/**
 * A unix socket whose messages bring text and open files (unix(7), SCM_RIGHTS). A message comes
 * whole or not at all. One thread at a time sends, one receives. What is sent is taken within
 * {@link #WAIT_SECONDS_MAX}, or that fails; so does the receiving of who connected.
 */
final class FileMessages implements AutoCloseable {
  /** A message as it came; the descriptors are the receiver's. */
  record Message(String text, int[] descriptors) {}

  /** So long at the most the other side may take, which does next to nothing for a message. */
  static final int WAIT_SECONDS_MAX = 5;

  private static final int AF_UNIX = 1;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int EAGAIN = Errno.EAGAIN.intValue();
  private static final int EINTR = Errno.EINTR.intValue();
  private static final int BACKLOG = 8;
  private static final int TEXT_BYTES_MAX = 16 << 10;
  private static final int DESCRIPTORS_MAX = 4;

  /** Made with the first message, as it takes long, and most who look for a keeper find none. */
  private static final class Calls {
    static final POSIX POSIX = POSIXFactory.getNativePOSIX();
  }

  /** -1 once closed, as the number may be somebody else's then. */
  private int socket;

  private FileMessages(int socket) {
    this.socket = socket;
  }

  /** Listens at a path, of which nothing but what an earlier process left may be there. */
  static FileMessages listen(Path path) throws IOException {
    Files.deleteIfExists(path);
    int socket = check(KeepCalls.socket(), "no socket", path);
    try (ShortPath where = ShortPath.of(path)) {
      check(KeepCalls.bind(socket, where.address()), "cannot bind", path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      check(KeepCalls.listen(socket, BACKLOG), "cannot listen", path);
      return new FileMessages(socket);
    } catch (IOException e) {
      KeepCalls.close(socket);
      throw e;
    }
  }

  /** The next client of one that listens. */
  FileMessages accept() throws IOException {
    int client = check(KeepCalls.accept(socket), "cannot accept", Path.of(""));
    KeepCalls.limitSending(client, WAIT_SECONDS_MAX);
    return new FileMessages(client);
  }

  /**
   * Connects to one that listens; empty if nobody does.
   *
   * @throws NoAnswerException if somebody does, but takes nobody on
   */
  static Optional<FileMessages> connect(Path path) throws IOException {
    if (Files.notExists(path)) {
      return Optional.empty();
    }
    int socket = check(KeepCalls.socket(), "no socket", path);
    FileMessages connected = new FileMessages(socket);
    KeepCalls.limitSending(socket, WAIT_SECONDS_MAX);
    KeepCalls.limitReceiving(socket, WAIT_SECONDS_MAX);
    try (ShortPath where = ShortPath.of(path)) {
      int result = KeepCalls.connect(socket, where.address());
      if (result >= 0) {
        return Optional.of(connected);
      }
      if (result == -EAGAIN || result == -EINTR) {
        throw new NoAnswerException(0);
      }
    } catch (IOException e) {
      connected.close();
      throw e;
    }
    connected.close();
    return Optional.empty();
  }

  /** The process on the other side; 0 if it cannot be seen from here. */
  int peer() {
    return KeepCalls.peer(socket);
  }

  /** Sends a message; the descriptors stay the sender's. */
  void send(String text, int... descriptors) throws IOException {
    MsgHdr header = Calls.POSIX.allocateMsgHdr();
    ByteBuffer bytes = direct(text.getBytes(StandardCharsets.UTF_8));
    header.setIov(new ByteBuffer[] {bytes});
    if (descriptors.length > 0) {
      ByteBuffer numbers = ByteBuffer.allocateDirect(Integer.BYTES * descriptors.length);
      numbers.order(ByteOrder.nativeOrder());
      for (int descriptor : descriptors) {
        numbers.putInt(descriptor);
      }
      numbers.flip();
      CmsgHdr control = header.allocateControl(numbers.remaining());
      control.setLevel(SOL_SOCKET);
      control.setType(SCM_RIGHTS);
      control.setData(numbers);
    }
    repeated(() -> Calls.POSIX.sendmsg(socket, header, MSG_NOSIGNAL), "cannot send");
  }

  /**
   * Waits for a message; null when the other side has ended.
   *
   * @throws NoAnswerException if none comes in time
   */
  Message receive() throws IOException {
    return receive(0);
  }

  /** The same without waiting. */
  Message receiveNow() throws IOException {
    return receive(MSG_DONTWAIT);
  }

  private Message receive(int how) throws IOException {
    MsgHdr header = Calls.POSIX.allocateMsgHdr();
    ByteBuffer bytes = ByteBuffer.allocateDirect(TEXT_BYTES_MAX);
    header.setIov(new ByteBuffer[] {bytes});
    header.allocateControl(Integer.BYTES * DESCRIPTORS_MAX);
    int received =
        repeated(
            () -> Calls.POSIX.recvmsg(socket, header, MSG_CMSG_CLOEXEC | how), "cannot receive");
    if (received == 0) {
      return null;
    }
    byte[] text = new byte[received];
    bytes.clear().get(text);
    return new Message(new String(text, StandardCharsets.UTF_8), descriptors(header));
  }

  /** Does a call; again if this process was stopped meanwhile, which ends a limited wait early. */
  private int repeated(IntSupplier call, String failure) throws IOException {
    int result = call.getAsInt();
    while (result < 0 && Calls.POSIX.errno() == EINTR) {
      result = call.getAsInt();
    }
    if (result >= 0) {
      return result;
    }
    int errno = Calls.POSIX.errno();
    if (errno == EAGAIN) {
      throw new NoAnswerException(peer());
    }
    throw new IOException(failure + ": errno=" + errno);
  }

  private static int[] descriptors(MsgHdr header) {
    if (header.getControlLen() == 0) {
      return new int[0];
    }
    CmsgHdr control = header.getControls()[0];
    ByteBuffer numbers = control.getData().order(ByteOrder.nativeOrder());
    int[] descriptors = new int[numbers.remaining() / Integer.BYTES];
    for (int i = 0; i < descriptors.length; i++) {
      descriptors[i] = numbers.getInt();
    }
    return descriptors;
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  @Override
  public void close() {
    int last = socket;
    socket = -1;
    if (last >= 0) {
      KeepCalls.close(last);
    }
  }

  private static int check(int result, String what, Path path) throws IOException {
    if (result < 0) {
      throw new IOException(what + ": path=" + path + " cause=" + KeepCalls.describe(result));
    }
    return result;
  }

  /** A path that fits into an address however deep its folder lies: by the folder's descriptor. */
  private record ShortPath(int folder, Path name) implements AutoCloseable {
    static ShortPath of(Path path) throws IOException {
      Path folder = path.toAbsolutePath().getParent();
      int opened =
          check(KeepCalls.open(folder.toString(), KeepCalls.O_PATH), "cannot open", folder);
      return new ShortPath(opened, path.getFileName());
    }

    byte[] address() {
      byte[] path = ("/proc/self/fd/" + folder + "/" + name).getBytes(StandardCharsets.UTF_8);
      ByteBuffer address = ByteBuffer.allocate(Short.BYTES + path.length + 1);
      address.order(ByteOrder.nativeOrder()).putShort((short) AF_UNIX).put(path);
      return address.array();
    }

    @Override
    public void close() {
      KeepCalls.close(folder);
    }
  }
}

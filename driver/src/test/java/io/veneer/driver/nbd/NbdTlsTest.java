// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static io.veneer.driver.nbd.ServedPool.MIB;
import static io.veneer.driver.nbd.ServedPool.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Serving over TCP, encrypted. */
@Timeout(60)
class NbdTlsTest {
  @TempDir static Path certificates;
  private static TestCertificates server;
  private static TestCertificates friend;
  private static TestCertificates stranger;

  private final MemoryDevice device = new MemoryDevice(16 * MIB);
  private NbdServer served;

  @BeforeAll
  static void makeCertificates() throws Exception {
    server = TestCertificates.make(certificates, "server");
    friend = TestCertificates.make(certificates, "friend");
    stranger = TestCertificates.make(certificates, "stranger");
    server.writeServerFolder(certificates, friend);
  }

  @BeforeEach
  void serve() {
    serve(false);
  }

  private void serve(boolean requireCertificate) {
    NbdOptions options =
        NbdOptions.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .tls(TlsCertificates.load(certificates, requireCertificate), requireCertificate)
            .build();
    served = NbdServer.start(device, options);
  }

  @AfterEach
  void close() {
    served.close();
    assertEquals(0, device.opens.get());
  }

  private RawClient greeted() throws IOException {
    RawClient client = RawClient.connect(served.address().orElseThrow());
    client.greet(3);
    return client;
  }

  private static SSLContext friendly() throws Exception {
    return friend.clientContext(server, true);
  }

  @Test
  void nothingIsServedInClear() throws IOException {
    try (RawClient client = greeted()) {
      for (int option : List.of(3, 6, 7, 8, 9, 10, 99)) {
        assertEquals(NbdProtocol.NBD_REP_ERR_TLS_REQD, client.typeOf(option));
      }
      assertEquals(NbdProtocol.NBD_REP_ACK, client.typeOf(NbdProtocol.NBD_OPT_ABORT));
    }
    try (RawClient client = greeted()) {
      client.sendOption(NbdProtocol.NBD_OPT_EXPORT_NAME, "memory".getBytes(StandardCharsets.UTF_8));
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void optionsThatAreTooLongNeedTlsToo() throws Exception {
    byte[] tooLong = new byte[1 << 20];
    try (RawClient client = greeted()) {
      for (int option : List.of(3, 6, 7, 8, 9, 10, 99)) {
        assertEquals(NbdProtocol.NBD_REP_ERR_TLS_REQD, client.typeOf(option, tooLong));
      }
      int startTls = NbdProtocol.NBD_OPT_STARTTLS;
      assertEquals(NbdProtocol.NBD_REP_ERR_TOO_BIG, client.typeOf(startTls, tooLong));
      client.startTls(friendly());
      assertEquals(16 * MIB, client.go("memory").sizeBytes);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 99})
  void clientsWithoutFixedNewstyleAreToldNothing(int option) throws IOException {
    for (int flags : List.of(0, NbdProtocol.NBD_FLAG_C_NO_ZEROES)) {
      try (RawClient client = RawClient.connect(served.address().orElseThrow())) {
        client.greet(flags);
        client.sendOption(option, new byte[0]);
        assertThrows(IOException.class, () -> client.receive(1));
      }
    }
  }

  @Test
  void readsAndWritesOfAllSizesGoThrough() throws Exception {
    try (RawClient client = greeted()) {
      assertTrue(client.startTls(friendly()).getSession().getProtocol().equals("TLSv1.3"));
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
      client.go("memory");
      for (int length : new int[] {1, 4096, 16_384, 16_385, 65_536, MIB, 5 * MIB + 3}) {
        byte[] data = bytes(length, length);
        assertEquals(0, client.write(length, data, NbdProtocol.NBD_CMD_FLAG_FUA));
        assertArrayEquals(data, client.read(length, length));
      }
      assertEquals(0, client.call(NbdProtocol.NBD_CMD_FLUSH, 0, 0, 0).error());
      client.start(NbdProtocol.NBD_CMD_DISC, 0, 0, 0);
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void tlsIsStartedOnce() throws Exception {
    try (RawClient client = greeted()) {
      client.startTls(friendly());
      assertEquals(NbdProtocol.NBD_REP_ERR_INVALID, client.typeOf(NbdProtocol.NBD_OPT_STARTTLS));
      assertEquals(16 * MIB, client.go("memory").sizeBytes);
    }
  }

  @Test
  void whatComesInClearBehindTheOptionDisconnects() throws IOException {
    try (RawClient client = greeted()) {
      ByteBuffer both = ByteBuffer.allocate(32);
      both.putLong(NbdProtocol.IHAVEOPT).putInt(NbdProtocol.NBD_OPT_STARTTLS).putInt(0);
      both.putLong(NbdProtocol.IHAVEOPT).putInt(NbdProtocol.NBD_OPT_LIST).putInt(0);
      client.send(both.flip());
      client.receiveOptionReply();
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void noTlsAfterTheOptionDisconnects() throws IOException {
    try (RawClient client = greeted()) {
      client.option(NbdProtocol.NBD_OPT_STARTTLS);
      client.sendOption(NbdProtocol.NBD_OPT_LIST, new byte[0]);
      assertTrue(client.isClosedByServer());
    }
  }

  @Test
  void strangersAreTurnedAwayWhereCertificatesAreRequired() throws Exception {
    served.close();
    serve(true);
    for (SSLContext context :
        List.of(stranger.clientContext(server, true), stranger.clientContext(server, false))) {
      try (RawClient client = greeted()) {
        assertThrows(
            IOException.class,
            () -> {
              client.startTls(context);
              client.go("memory");
            });
      }
    }
    try (RawClient client = greeted()) {
      client.startTls(friendly());
      assertEquals(16 * MIB, client.go("memory").sizeBytes);
    }
  }

  @Test
  void whoIsTurnedAwayHearsWhy() throws Exception {
    served.close();
    serve(true);
    try (RawClient client = greeted()) {
      IOException failure =
          assertThrows(
              IOException.class,
              () -> {
                client.startTls(stranger.clientContext(server, false));
                client.receiveOptionReply(); // sending would only tell that nobody listens
              });
      assertTrue(failure.getMessage().contains("fatal alert"), failure.toString());
    }
  }

  @Test
  void whoIsDisconnectedHearsThatNothingMoreComes() throws Exception {
    try (RawClient client = greeted()) {
      client.startTls(friendly());
      client.option(NbdProtocol.NBD_OPT_STRUCTURED_REPLY);
      client.go("memory");
      client.send(ByteBuffer.allocate(NbdProtocol.REQUEST_BYTES)); // without the magic number
      ByteBuffer record = ByteBuffer.allocate(1000);
      while (client.channel().read(record) >= 0) {
        assertTrue(record.hasRemaining());
      }
      assertTrue(record.position() > 5, "closed without a word");
    }
  }

  @Test
  void tcpInClearWorksWhereItIsAskedFor() throws IOException {
    NbdOptions options =
        NbdOptions.builder()
            .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .insecure(true)
            .build();
    try (NbdServer clear = NbdServer.start(device, options);
        RawClient client = RawClient.connect(clear.address().orElseThrow())) {
      client.greet(3);
      assertEquals(NbdProtocol.NBD_REP_ERR_POLICY, client.typeOf(NbdProtocol.NBD_OPT_STARTTLS));
      client.go("memory");
      assertArrayEquals(new byte[9], client.read(0, 9));
    }
  }

  @Test
  void missingCertificatesAreSaidSo() {
    Path none = certificates.resolve("none");
    PoolException refused =
        assertThrows(PoolException.class, () -> TlsCertificates.load(none, false));
    assertTrue(refused.getMessage().contains("folder=" + none), refused.getMessage());
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder that no client could work with is refused, in words that name the file. */
class TlsCertificatesTest {
  @TempDir private static Path made;
  private static TestCertificates server;
  private static TestCertificates other;

  @TempDir private Path folder;

  @BeforeAll
  static void make() throws Exception {
    server = TestCertificates.make(made, "server");
    other = TestCertificates.make(made, "other");
  }

  @BeforeEach
  void givenAGoodFolder() throws Exception {
    server.writeServerFolder(folder, other);
  }

  private String refused(boolean verifyPeer) {
    return assertThrows(PoolException.class, () -> TlsCertificates.load(folder, verifyPeer))
        .getMessage();
  }

  @Test
  void aGoodFolderIsTaken() {
    TlsCertificates.load(folder, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server-cert.pem", "server-key.pem", "ca-cert.pem"})
  void whatIsMissingIsNamed(String name) throws IOException {
    Files.delete(folder.resolve(name));
    assertEquals(
        "file of the TLS certificates is missing; put it there: file=" + folder.resolve(name),
        refused(true));
  }

  @ParameterizedTest
  @CsvSource({
    "server-cert.pem, ''",
    "server-cert.pem, rubbish",
    "server-cert.pem, -----BEGIN CERTIFICATE-----",
    "server-key.pem, ''",
    "server-key.pem, rubbish",
    "server-key.pem, -----BEGIN PRIVATE KEY-----|AAA|-----END PRIVATE KEY-----",
    "server-key.pem, -----BEGIN EC PRIVATE KEY-----|AAAA|-----END EC PRIVATE KEY-----",
    "ca-cert.pem, ''",
    "ca-cert.pem, rubbish",
  })
  void whatHoldsNothingOfUseIsNamed(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text.replace('|', '\n'));
    String message = refused(true);
    assertTrue(message.contains("; ") && message.contains("file=" + folder.resolve(name)), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"server-cert.pem", "server-key.pem", "ca-cert.pem"})
  void aFolderInTheNameOfAFileIsNamed(String name) throws IOException {
    Files.delete(folder.resolve(name));
    Files.createDirectory(folder.resolve(name));
    assertTrue(refused(true).contains("file=" + folder.resolve(name)));
  }

  @Test
  void authoritiesAreNeededOnlyToVerifyClients() throws IOException {
    Files.delete(folder.resolve("ca-cert.pem"));
    TlsCertificates.load(folder, false);
  }

  @Test
  void aKeyOfAnotherCertificateIsRefused() throws Exception {
    Path key = folder.resolve("server-key.pem");
    Files.writeString(key, TestCertificates.pem("PRIVATE KEY", other.key().getEncoded()));
    assertTrue(refused(false).contains("file=" + key), refused(false));
    byte[] elliptic =
        KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate().getEncoded();
    Files.writeString(key, TestCertificates.pem("PRIVATE KEY", elliptic));
    assertTrue(refused(false).startsWith("the key is not that of the first certificate"));
  }
}

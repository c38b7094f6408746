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
import java.util.ArrayList;
import java.util.List;
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
    assertEquals(
        "a folder is in the place of a TLS file; put the file there: file=" + folder.resolve(name),
        refused(true));
  }

  private String refusedWith(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
    String message = refused(true);
    assertTrue(message.endsWith(": file=" + folder.resolve(name)), message);
    return message.substring("a TLS file cannot be used, ".length(), message.indexOf(": file="));
  }

  @Test
  void whatIsWrongWithACertificateIsSaid() throws IOException {
    String good = Files.readString(folder.resolve("server-cert.pem"));
    String name = "server-cert.pem";
    String damaged = " in it is damaged; copy it there again, or make a new one";
    assertEquals(
        "a certificate in it is cut short; copy it there again",
        refusedWith(name, good.substring(0, good.length() / 2)));
    assertEquals("certificate number 1" + damaged, refusedWith(name, withoutALine(good)));
    assertEquals("certificate number 2" + damaged, refusedWith(name, good + withoutALine(good)));
    assertEquals(
        "it holds no certificate but PRIVATE KEY; put the certificate there, in PEM form",
        refusedWith(name, Files.readString(folder.resolve("server-key.pem"))));
    assertEquals(
        "it holds no certificate; put the certificate there, in PEM form",
        refusedWith(name, "rubbish"));
  }

  @Test
  void whatIsWrongWithAKeyIsSaid() throws IOException {
    String good = Files.readString(folder.resolve("server-key.pem"));
    String name = "server-key.pem";
    String damaged =
        "the key is damaged, or of another kind than RSA, EC and Ed25519; copy it there again, or"
            + " make a new one with its certificate";
    assertEquals(damaged, refusedWith(name, withoutALine(good)));
    assertEquals(damaged, refusedWith(name, good.replaceFirst("..(\\n-----END)", "=$1")));
    assertEquals(
        "the key is cut short, or damaged; copy it there again",
        refusedWith(name, good.substring(0, good.length() / 2)));
    assertEquals(
        "it holds no private key but CERTIFICATE; put the key there, in PEM form, as openssl pkcs8"
            + " -topk8 -nocrypt makes it",
        refusedWith(name, Files.readString(folder.resolve("server-cert.pem"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN ENCRYPTED PRIVATE KEY-----|AAAA|-----END ENCRYPTED PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED||AAAA|-----END RSA PRIVATE KEY-----"
      })
  void thePasswordOfAKeyIsToBeTakenOff(String key) throws IOException {
    assertEquals(
        "the key has a password; take it off with openssl pkey -in server-key.pem -out new.pem, and"
            + " put new.pem in its place",
        refusedWith("server-key.pem", key.replace('|', '\n')));
  }

  private static String withoutALine(String pem) {
    List<String> lines = new ArrayList<>(pem.lines().toList());
    lines.remove(3);
    return String.join("\n", lines) + "\n";
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

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Private keys in the forms that other programs write. */
class PemFileTest {
  /** Where the key of PKCS #1 begins in one of PKCS #8 that is longer than 255 bytes. */
  private static final int INNER_KEY = 26;

  @TempDir Path folder;

  private static PrivateKey key(String algorithm, int bits) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair().getPrivate();
  }

  private Path write(String what, byte[] der) throws IOException {
    return Files.writeString(
        folder.resolve("key.pem"), "A comment\n" + TestCertificates.pem(what, der));
  }

  @ParameterizedTest
  @CsvSource({"RSA,2048", "EC,256", "EC,384"})
  void readsPkcs8(String algorithm, int bits) throws Exception {
    PrivateKey key = key(algorithm, bits);
    assertEquals(key, PemFile.privateKey(write("PRIVATE KEY", key.getEncoded())));
  }

  @Test
  void readsPkcs1() throws Exception {
    PrivateKey key = key("RSA", 2048);
    byte[] pkcs8 = key.getEncoded();
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, INNER_KEY, pkcs8.length);
    assertEquals(key, PemFile.privateKey(write("RSA PRIVATE KEY", pkcs1)));
  }

  @Test
  void saysHowToConvertOtherKeys() throws IOException {
    Path file = write("EC PRIVATE KEY", new byte[50]);
    InvalidKeySpecException refused =
        assertThrows(InvalidKeySpecException.class, () -> PemFile.privateKey(file));
    assertTrue(refused.getMessage().contains("openssl pkcs8"), refused.getMessage());
  }
}

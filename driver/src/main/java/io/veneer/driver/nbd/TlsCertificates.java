// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The keys and certificates of a server, from a folder that is laid out as for the other NBD
 * servers: {@code server-cert.pem}, {@code server-key.pem}, and {@code ca-cert.pem} with the
 * authorities that client certificates must come from.
 */
public final class TlsCertificates {
  private static final char[] NO_PASSWORD = {};

  private TlsCertificates() {}

  /**
   * Reads a folder.
   *
   * @param folder the folder; {@code ca-cert.pem} may be missing if clients need no certificate
   * @return what {@link NbdOptions.Builder#tls} wants
   * @throws PoolException if something is missing or cannot be read
   */
  public static SSLContext load(Path folder) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      KeyManagerFactory keys = serverKey(folder);
      TrustManagerFactory trust = authorities(folder.resolve("ca-cert.pem"));
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (NoSuchFileException e) {
      throw refusal(missing(folder, e.getFile()), e);
    } catch (IOException | GeneralSecurityException e) {
      throw refusal(
          "TLS certificates cannot be read: folder=" + folder + " cause=" + e.getMessage(), e);
    }
  }

  private static String missing(Path folder, String file) {
    return Files.isDirectory(folder)
        ? "file of the TLS certificates is missing; server-cert.pem and server-key.pem must be in"
            + " their folder: file="
            + file
        : "folder of the TLS certificates is missing; make it, with server-cert.pem and"
            + " server-key.pem in it: folder="
            + folder;
  }

  private static PoolException refusal(String message, Exception cause) {
    return new PoolException(PoolException.Severity.REQUEST, message, cause);
  }

  private static KeyManagerFactory serverKey(Path folder)
      throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    Certificate[] chain =
        PemFile.certificates(folder.resolve("server-cert.pem")).toArray(new Certificate[0]);
    store.setKeyEntry(
        "server", PemFile.privateKey(folder.resolve("server-key.pem")), NO_PASSWORD, chain);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NO_PASSWORD);
    return keys;
  }

  private static TrustManagerFactory authorities(Path file)
      throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    if (Files.exists(file)) {
      int number = 0;
      for (Certificate authority : PemFile.certificates(file)) {
        store.setCertificateEntry("authority-" + number++, authority);
      }
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust;
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}

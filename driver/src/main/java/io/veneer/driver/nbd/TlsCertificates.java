// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys and certificates of a server, from a folder that is laid out as for the other NBD
 * servers: {@code server-cert.pem}, {@code server-key.pem}, and {@code ca-cert.pem} with the
 * authorities that client certificates must come from. What no client could ever work with is
 * refused, as clients would only hear that the handshake failed.
 */
public final class TlsCertificates {
  private static final Logger LOG = LoggerFactory.getLogger(TlsCertificates.class);
  private static final char[] NO_PASSWORD = {};
  private static final Map<String, String> SIGNATURES =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  /** Reads one of the files. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(Path file) throws IOException, GeneralSecurityException;
  }

  private TlsCertificates() {}

  /**
   * Reads a folder.
   *
   * @param folder the folder
   * @param verifyPeer whether clients need a certificate; {@code ca-cert.pem} is read only then
   * @return what {@link NbdOptions.Builder#tls} wants
   * @throws PoolException if something is missing or wrong, or cannot be read, with the file
   */
  public static SSLContext load(Path folder, boolean verifyPeer) {
    if (!Files.exists(folder)) {
      throw refusal(
          "folder of the TLS certificates is missing; make it, with server-cert.pem and"
              + " server-key.pem in it: folder="
              + folder,
          null);
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(serverKey(folder), verifyPeer ? authorities(folder) : null, null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw refusal("TLS cannot be set up: folder=" + folder + " cause=" + e.getMessage(), e);
    }
  }

  private static PoolException refusal(String message, Exception cause) {
    return new PoolException(PoolException.Severity.REQUEST, message, cause);
  }

  private static KeyManager[] serverKey(Path folder) throws IOException, GeneralSecurityException {
    Path certFile = folder.resolve("server-cert.pem");
    Path keyFile = folder.resolve("server-key.pem");
    Certificate[] chain = certificates(certFile);
    PrivateKey key = read(keyFile, PemFile::privateKey);
    if (!SIGNATURES.containsKey(key.getAlgorithm())) {
      throw refusal(
          "the key is of another kind than RSA, EC and Ed25519; make a new one with its"
              + " certificate: file="
              + keyFile,
          null);
    }
    if (!belongTogether(chain[0], key)) {
      throw refusal(
          "the key is not that of the first certificate; put the two that were made together there,"
              + " the server's certificate first: file="
              + keyFile
              + " certificate="
              + certFile,
          null);
    }
    KeyStore store = emptyStore();
    try {
      store.setKeyEntry("server", key, NO_PASSWORD, chain);
    } catch (KeyStoreException e) {
      throw refusal(
          "the certificates are no chain; each but the first must be that of the one before's"
              + " authority: file="
              + certFile,
          e);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NO_PASSWORD);
    return keys.getKeyManagers();
  }

  private static TrustManager[] authorities(Path folder)
      throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate authority : certificates(folder.resolve("ca-cert.pem"))) {
      store.setCertificateEntry("authority-" + number++, authority);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    return trust.getTrustManagers();
  }

  private static Certificate[] certificates(Path file) {
    List<X509Certificate> found = read(file, PemFile::certificates);
    found.forEach(each -> warnUnlessValid(each, file));
    return found.toArray(new Certificate[0]);
  }

  /** Clients will most likely refuse it; but their clocks count, and not ours. */
  private static void warnUnlessValid(X509Certificate certificate, Path file) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      LOG.warn(
          "TLS certificate has expired, replace it and start again: file={} until={}",
          file,
          certificate.getNotAfter().toInstant());
    } catch (CertificateNotYetValidException e) {
      LOG.warn(
          "TLS certificate is not valid yet, look at the clock: file={} from={}",
          file,
          certificate.getNotBefore().toInstant());
    }
  }

  private static <T> T read(Path file, Reader<T> reader) {
    if (Files.isDirectory(file)) {
      throw refusal(
          "a folder is in the place of a TLS file; put the file there: file=" + file, null);
    }
    try {
      return reader.read(file);
    } catch (NoSuchFileException e) {
      throw refusal("file of the TLS certificates is missing; put it there: file=" + file, e);
    } catch (AccessDeniedException e) {
      throw refusal("no permission to read a TLS file; become its owner: file=" + file, e);
    } catch (GeneralSecurityException e) {
      throw refusal("a TLS file cannot be used, " + e.getMessage() + ": file=" + file, e);
    } catch (IOException e) {
      throw refusal(
          "a TLS file cannot be read; look at the disk: file=" + file + " cause=" + e.getMessage(),
          e);
    }
  }

  /** What the one signs the other verifies. */
  private static boolean belongTogether(Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    byte[] text = "veneer".getBytes(StandardCharsets.US_ASCII);
    try {
      Signature signature = Signature.getInstance(SIGNATURES.get(key.getAlgorithm()));
      signature.initSign(key);
      signature.update(text);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(text);
      return signature.verify(signed);
    } catch (InvalidKeyException | SignatureException e) {
      LOG.debug("key and certificate are of different kinds", e);
      return false;
    }
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificates that sign themselves, made with the JDK's keytool, in PEM files and in memory. */
final class TestCertificates {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final KeyStore store;
  private final String alias;

  private TestCertificates(KeyStore store, String alias) {
    this.store = store;
    this.alias = alias;
  }

  static TestCertificates make(Path folder, String alias)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = folder.resolve(alias + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-ext",
                "bc=ca:true",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD),
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes());
    if (keytool.waitFor() != 0) {
      throw new IOException("keytool failed: " + output);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD);
    }
    return new TestCertificates(store, alias);
  }

  Certificate certificate() throws GeneralSecurityException {
    return store.getCertificate(alias);
  }

  Key key() throws GeneralSecurityException {
    return store.getKey(alias, PASSWORD);
  }

  /** Writes what a server needs, trusting another's certificate. */
  void writeServerFolder(Path folder, TestCertificates trusted)
      throws IOException, GeneralSecurityException {
    Files.writeString(
        folder.resolve("server-cert.pem"), pem("CERTIFICATE", certificate().getEncoded()));
    Files.writeString(folder.resolve("server-key.pem"), pem("PRIVATE KEY", key().getEncoded()));
    Files.writeString(
        folder.resolve("ca-cert.pem"), pem("CERTIFICATE", trusted.certificate().getEncoded()));
  }

  /** Writes what a client of libnbd or qemu needs, trusting the server's certificate. */
  Path writeClientFolder(Path folder, TestCertificates server)
      throws IOException, GeneralSecurityException {
    Files.createDirectory(folder);
    Files.writeString(
        folder.resolve("client-cert.pem"), pem("CERTIFICATE", certificate().getEncoded()));
    Files.writeString(folder.resolve("client-key.pem"), pem("PRIVATE KEY", key().getEncoded()));
    Files.writeString(
        folder.resolve("ca-cert.pem"), pem("CERTIFICATE", server.certificate().getEncoded()));
    return folder;
  }

  static String pem(String what, byte[] der) {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
  }

  /** What a client needs that trusts one server, and shows this certificate if {@code show}. */
  SSLContext clientContext(TestCertificates server, boolean show)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", server.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(show ? keys.getKeyManagers() : null, trust.getTrustManagers(), null);
    return context;
  }
}

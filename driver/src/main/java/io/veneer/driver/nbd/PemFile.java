// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys and certificates in PEM files, as openssl and certtool write them. What is wrong with one is
 * said in words for who put it there, with what to do, and without the file's name.
 */
final class PemFile {
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");
  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----([^-]*)-----END \\1-----");
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN (RSA )?PRIVATE KEY-----([^-]+)-----END (RSA )?PRIVATE KEY-----");
  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  /** The version, and the name of the RSA algorithm, as they stand before a key in PKCS #8. */
  private static final byte[] PKCS8_RSA_PREFIX = {
    2, 1, 0, 0x30, 13, 6, 9, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 13, 1, 1, 1, 5, 0
  };

  private static final int DER_SEQUENCE = 0x30;
  private static final int DER_OCTET_STRING = 4;

  private PemFile() {}

  /** Reads one or more certificates. */
  static List<X509Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    String text = text(file);
    List<String> kinds = kinds(text);
    long begun = kinds.stream().filter(kind -> kind.endsWith("CERTIFICATE")).count();
    if (begun == 0) {
      throw new CertificateException(
          "it holds " + instead(kinds, "certificate") + "; put the certificate there, in PEM form");
    }
    List<X509Certificate> found = new ArrayList<>();
    for (Matcher each = CERTIFICATE.matcher(text); each.find(); ) {
      found.add(certificate(each.group(2), found.size() + 1));
    }
    if (found.size() != begun) {
      throw new CertificateException("a certificate in it is cut short; copy it there again");
    }
    return found;
  }

  private static X509Certificate certificate(String base64, int number)
      throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    try {
      byte[] der = Base64.getMimeDecoder().decode(base64);
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException | IllegalArgumentException e) {
      throw new CertificateException(
          "certificate number "
              + number
              + " in it is damaged; copy it there again, or make a new one",
          e);
    }
  }

  /** Reads a private key without a password: PKCS #8 of any kind, PKCS #1 for RSA. */
  static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String text = text(file);
    if (text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----")
        || text.contains("Proc-Type: 4,ENCRYPTED")) {
      throw new InvalidKeySpecException(
          "the key has a password; take it off with openssl pkey -in "
              + file.getFileName()
              + " -out new.pem, and put new.pem in its place");
    }
    Matcher matcher = KEY.matcher(text);
    if (!matcher.find()) {
      throw new InvalidKeySpecException(whyNoKey(kinds(text)));
    }
    try {
      byte[] key = Base64.getMimeDecoder().decode(matcher.group(2));
      return keyOf(matcher.group(1) == null ? key : rsaAsPkcs8(key));
    } catch (IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  private static String whyNoKey(List<String> kinds) {
    if (kinds.contains("PRIVATE KEY") || kinds.contains("RSA PRIVATE KEY")) {
      return "the key is cut short, or damaged; copy it there again";
    } else if (kinds.stream().anyMatch(kind -> kind.endsWith("PRIVATE KEY"))) {
      return "its private key is in a form that is not taken here; convert it with openssl pkcs8"
          + " -topk8 -nocrypt";
    }
    return "it holds "
        + instead(kinds, "private key")
        + "; put the key there, in PEM form, as openssl pkcs8 -topk8 -nocrypt makes it";
  }

  /** What stands in a file, by its headings, in place of what should. */
  private static String instead(List<String> kinds, String wanted) {
    return kinds.isEmpty()
        ? "no " + wanted
        : "no " + wanted + " but " + String.join(", ", kinds.stream().distinct().toList());
  }

  private static List<String> kinds(String text) {
    return BEGIN.matcher(text).results().map(heading -> heading.group(1)).toList();
  }

  /** Whatever the bytes are, nothing is refused for what stands around the blocks. */
  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  private static PrivateKey keyOf(byte[] pkcs8) throws GeneralSecurityException {
    InvalidKeySpecException last = damaged(null);
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        last.addSuppressed(e);
      }
    }
    throw last;
  }

  private static InvalidKeySpecException damaged(Exception cause) {
    return new InvalidKeySpecException(
        "the key is damaged, or of another kind than RSA, EC and Ed25519; copy it there again, or"
            + " make a new one with its certificate",
        cause);
  }

  private static byte[] rsaAsPkcs8(byte[] pkcs1) throws IOException {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    inner.write(PKCS8_RSA_PREFIX);
    inner.write(der(DER_OCTET_STRING, pkcs1));
    return der(DER_SEQUENCE, inner.toByteArray());
  }

  private static byte[] der(int tag, byte[] content) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      int lengthBytes = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
      out.write(0x80 | lengthBytes);
      for (int shift = 8 * (lengthBytes - 1); shift >= 0; shift -= 8) {
        out.write(content.length >>> shift);
      }
    }
    out.write(content);
    return out.toByteArray();
  }
}

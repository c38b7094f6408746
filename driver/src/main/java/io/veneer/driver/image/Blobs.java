// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The files of an image: a folder's, or those in a tar. Paths have {@code /} between names and none
 * in front. Any thread may read, one closes.
 */
interface Blobs extends AutoCloseable {
  /** More than any document of an image needs; it is held in memory. */
  int DOCUMENT_BYTES_MAX = 8 << 20;

  /**
   * Opens a file.
   *
   * @param path which
   * @return its bytes, closed by the caller; empty if there is no such file
   */
  Optional<InputStream> open(String path) throws IOException;

  /** A file's size; -1 if there is none. */
  long sizeBytes(String path) throws IOException;

  /** A short text file, which must be there. */
  default String document(String path) throws IOException {
    return document(path, Optional.empty());
  }

  /** A short text file, which must be there and may have to have a digest. */
  default String document(String path, Optional<Digest> digest) throws IOException {
    try (InputStream stream = openRequired(path);
        DigestStream checked = new DigestStream(stream, "file " + path, digest, -1)) {
      byte[] bytes = checked.readNBytes(DOCUMENT_BYTES_MAX + 1);
      if (bytes.length > DOCUMENT_BYTES_MAX) {
        throw new DriverException(
            Kind.INVALID_ARGUMENT,
            "document of an image is too long: path="
                + Shown.of(path)
                + " maxBytes="
                + DOCUMENT_BYTES_MAX);
      }
      checked.finish();
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "document of an image is no text: path=" + Shown.of(path), e);
    }
  }

  /** Opens a file that must be there. */
  default InputStream openRequired(String path) throws IOException {
    return open(path)
        .orElseThrow(
            () ->
                new DriverException(
                    Kind.NOT_FOUND,
                    "image lacks a file that it names; was all of it copied? path="
                        + Shown.of(path)));
  }

  /** Where a file with this digest is in an OCI layout. */
  static String path(Digest digest) {
    return "blobs/" + digest.algorithm() + "/" + digest.hex();
  }

  @Override
  void close() throws IOException;
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.util.List;
import java.util.Map;

/**
 * One entry of an archive. Paths are byte names, not checked.
 *
 * @param path where it goes
 * @param type what it is, in {@link FileStatus}'s words; 0 for a hard link
 * @param link target of a link or hard link, else empty
 * @param permissions the mode without the type
 * @param owner user id
 * @param group group id
 * @param modified time
 * @param device number of a device file
 * @param content where its bytes go
 * @param attributes extended attributes
 */
record TarEntry(
    String path,
    int type,
    String link,
    int permissions,
    long owner,
    long group,
    FileTime modified,
    DeviceNumber device,
    Content content,
    Map<String, byte[]> attributes) {
  static final int HARD_LINK = 0;

  /** A run of stored bytes. */
  record Piece(long offset, long lengthBytes) {}

  /**
   * How the stored bytes make the file: one piece after the other, with holes between.
   *
   * @param sizeBytes of the file
   * @param storedBytes in the archive
   * @param pieces ascending, with the stored bytes as their sum
   */
  record Content(long sizeBytes, long storedBytes, List<Piece> pieces) {
    static final Content NONE = new Content(0, 0, List.of());

    static Content whole(long sizeBytes) {
      return new Content(sizeBytes, sizeBytes, List.of(new Piece(0, sizeBytes)));
    }
  }

  boolean isFolder() {
    return type == FileStatus.FOLDER;
  }

  boolean isRegular() {
    return type == FileStatus.REGULAR;
  }
}

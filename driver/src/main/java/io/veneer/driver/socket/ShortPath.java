// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A way to a file that fits into a unix socket's address, however long its real path is: the path
 * itself, the one from the working directory, or one through a link that lives until this is
 * closed. One thread.
 */
final class ShortPath implements AutoCloseable {
  /** What the kernel's address has room for, its final NUL left out. */
  static final int BYTES_MAX = 107;

  private static final String LINK_PREFIX = "veneer";

  private final Path path;
  private final Path link;

  private ShortPath(Path path, Path link) {
    this.path = path;
    this.link = link;
  }

  /**
   * Finds a way to a file that may be there or not.
   *
   * @throws IOException if even the link that was needed is too long, or cannot be made
   */
  static ShortPath to(Path file) throws IOException {
    Path absolute = file.toAbsolutePath();
    if (fits(absolute)) {
      return new ShortPath(absolute, null);
    }
    Path relative = Path.of("").toAbsolutePath().relativize(absolute);
    return fits(relative) ? new ShortPath(relative, null) : throughLink(absolute);
  }

  /** The link lies in a folder that only we can change, so nobody leads it elsewhere. */
  private static ShortPath throughLink(Path absolute) throws IOException {
    Path folder = Files.createTempDirectory(LINK_PREFIX);
    Path link = folder.resolve("l");
    try {
      Files.createSymbolicLink(link, absolute.getParent());
      Path path = link.resolve(absolute.getFileName());
      if (!fits(path)) {
        throw new IOException("path of a socket is too long even through a link: path=" + path);
      }
      return new ShortPath(path, link);
    } catch (IOException e) {
      remove(link);
      throw e;
    }
  }

  static boolean fits(Path path) {
    return bytes(path) <= BYTES_MAX;
  }

  static int bytes(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  Path path() {
    return path;
  }

  UnixDomainSocketAddress address() {
    return UnixDomainSocketAddress.of(path);
  }

  private static void remove(Path link) throws IOException {
    Files.deleteIfExists(link);
    Files.deleteIfExists(link.getParent());
  }

  @Override
  public void close() throws IOException {
    if (link != null) {
      remove(link);
    }
  }
}

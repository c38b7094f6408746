// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The record of attachments: a folder that only root can enter, with one file for each, made before
 * anything is attached and deleted when all is taken back. For a loop device the file is what the
 * FUSE file is mounted on; for the kernel's NBD client it holds a line about the connection, and
 * for a loop device that outlived its server in good order one about that ({@link
 * io.veneer.driver.keep.CutOffLoop}). So what a server that died left behind is found by looking at
 * the mounts and loop devices on these files, and no record can be wrong about them.
 *
 * <p>Any thread.
 */
final class AttachFolder {
  private static final String PLAIN = "[A-Za-z0-9._-]";
  private static final int NAME_BYTES_MAX = 160;
  private static final int SERIAL_MAX = 1000;

  private final Path folder;

  private AttachFolder(Path folder) {
    this.folder = folder;
  }

  /** Opens the folder below a run folder, and makes both if need be. */
  static AttachFolder in(Path runFolder) {
    try {
      Files.createDirectories(runFolder);
      Path folder = runFolder.toRealPath().resolve("attach");
      if (Files.notExists(folder)) {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      return new AttachFolder(folder);
    } catch (IOException e) {
      throw failure("folder for attachments cannot be made", runFolder, e);
    }
  }

  Path path() {
    return folder;
  }

  /** What it is in; everything below is the server's own. */
  Path runFolder() {
    return folder.getParent();
  }

  /** Where a server for the kernel's NBD client listens. */
  Path socket() {
    return folder.resolveSibling("attach.sock");
  }

  /** For files that are there for a moment only. */
  Path scratch() {
    return runFolder();
  }

  /** A new file for a device. What an earlier server left there and is still in use stays. */
  Path create(String device) {
    return create(device, Set.of());
  }

  /** The same, but none of these, even where it is not there at the moment. */
  Path create(String device, Set<Path> reserved) {
    String name = fileName(device);
    for (int serial = 1; serial <= SERIAL_MAX; serial++) {
      Path file = folder.resolve(serial == 1 ? name : name + "~" + serial);
      if (reserved.contains(file)) {
        continue;
      }
      try {
        return Files.createFile(file);
      } catch (FileAlreadyExistsException e) {
        continue;
      } catch (IOException e) {
        throw failure("file for an attachment cannot be made", file, e);
      }
    }
    throw PoolException.badRequest("too many remains of earlier attachments: folder=" + folder);
  }

  /** Those of a device, which were made one after the other. */
  List<Path> filesOf(String device) {
    String name = fileName(device);
    return files().stream()
        .filter(file -> file.getFileName().toString().split("~")[0].equals(name))
        .toList();
  }

  /** Notes what an attachment that has no mounted file consists of. */
  void note(Path file, String line) {
    try {
      Files.writeString(file, line + "\n");
    } catch (IOException e) {
      throw failure("attachment cannot be noted", file, e);
    }
  }

  void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw failure("file of an attachment cannot be deleted", file, e);
    }
  }

  /** The files there are. They may be mounted on by servers that died, so none is looked at. */
  List<Path> files() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw failure("folder of attachments cannot be read", folder, e);
    }
  }

  /** A device's name with everything odd in it as percent and hexadecimal digits. */
  static String fileName(String device) {
    StringBuilder name = new StringBuilder();
    for (byte b : device.getBytes(StandardCharsets.UTF_8)) {
      String character = String.valueOf((char) (b & 0xff));
      name.append(character.matches(PLAIN) ? character : "%" + HexFormat.of().toHexDigits(b));
    }
    if (name.charAt(0) == '.') {
      name.replace(0, 1, "%2e");
    }
    if (name.length() > NAME_BYTES_MAX) {
      name.setLength(NAME_BYTES_MAX);
      name.append('-').append(Integer.toHexString(device.hashCode()));
    }
    return name.toString();
  }

  private static PoolException failure(String what, Path path, IOException cause) {
    String why = cause.getMessage() + " (" + cause.getClass().getSimpleName() + ")";
    return new PoolException(
        PoolException.Severity.REQUEST, what + ": path=" + path + " cause=" + why, cause);
  }
}

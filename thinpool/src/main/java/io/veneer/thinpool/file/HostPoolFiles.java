// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.ReadOnlyException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A pool's folder on the host, open and locked: {@code metadata}, {@code data} and {@code lock}.
 *
 * <p>Any thread may call; {@link #close} when nobody uses the files. Owns the files, their mappings
 * and the lock.
 */
public final class HostPoolFiles implements PoolFiles {
  private static final String METADATA_NAME = "metadata";
  private static final String DATA_NAME = "data";
  private static final String LOCK_NAME = "lock";
  private static final List<String> NAMES = List.of(METADATA_NAME, DATA_NAME, LOCK_NAME);

  /** What a new file system puts into its root. */
  private static final String LOST_AND_FOUND = "lost+found";

  private static final FileAttribute<?> FOR_THE_OWNER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path folder;
  private final boolean readOnly;
  private final PoolLock lock;
  private final MetadataFile metadata;
  private DataFile data;
  private boolean closed;

  private HostPoolFiles(Path folder, boolean readOnly, PoolLock lock) {
    this.folder = folder;
    this.readOnly = readOnly;
    this.lock = lock;
    HostFile file = HostFile.open(folder.resolve(METADATA_NAME), readOnly);
    this.metadata = new MappedMetadataFile(file, readOnly);
  }

  /**
   * Makes a pool's folder with empty files, and opens it for writing. The folder may exist if it is
   * empty. The files are for their owner only (mode 0600). The names are durable on return.
   *
   * @param folder where the pool will be; the folder above it exists
   * @return the files, locked
   * @throws PoolException if there is a pool already, or something else
   * @throws ReadOnlyException if the host allows no write there
   * @throws io.veneer.thinpool.HostSpaceException if the host's disk is full
   */
  public static HostPoolFiles create(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    List<Path> made = new ArrayList<>();
    try {
      makeFolder(absolute, made);
      for (String name : NAMES) {
        made.add(0, Files.createFile(absolute.resolve(name), FOR_THE_OWNER));
      }
      preventCopyOnWrite(absolute.resolve(DATA_NAME));
      forceFolder(absolute);
      forceFolder(absolute.getParent());
      return open(absolute, false);
    } catch (IOException e) {
      PoolException failure = cannot("make a pool", absolute, e);
      remove(made, failure);
      throw failure;
    } catch (PoolException e) {
      remove(made, e);
      throw e;
    }
  }

  private static void makeFolder(Path folder, List<Path> made) throws IOException {
    if (!Files.exists(folder)) {
      made.add(Files.createDirectory(folder));
    } else if (!Files.isDirectory(folder)) {
      throw PoolException.badRequest(
          "cannot make a pool here, it is a file; name a folder: path=" + folder);
    } else {
      checkEmpty(folder);
    }
  }

  private static void checkEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      List<String> names = entries.map(entry -> entry.getFileName().toString()).sorted().toList();
      if (names.containsAll(List.of(METADATA_NAME, DATA_NAME))) {
        throw PoolException.badRequest(
            "there is a pool already; name another folder, or remove it first: pool=" + folder);
      }
      if (!names.isEmpty() && !names.equals(List.of(LOST_AND_FOUND))) {
        throw PoolException.badRequest(
            "folder is not empty; name a new or an empty one: folder=" + folder);
      }
    }
  }

  /**
   * On btrfs the only way to keep a block where it has room: there {@code fallocate} promises
   * nothing for a file that is copied on write. Works on empty files only.
   */
  private static void preventCopyOnWrite(Path dataFile) {
    try (HostFile file = HostFile.open(dataFile, false)) {
      if (file.fileSystem() == FileSystemKind.COPY_ON_WRITE_BY_FLAG) {
        file.addFlags(FileSystemKind.NO_COPY_FLAG);
      }
    }
  }

  private static void forceFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void remove(List<Path> made, PoolException failure) {
    for (Path each : made) {
      try {
        Files.deleteIfExists(each);
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
    }
  }

  /**
   * Opens a pool's files and locks them: against everybody for writing, against writers for
   * reading.
   *
   * @param folder the pool's folder
   * @param readOnly true: nothing in the folder is changed
   * @return the files
   * @throws PoolException if there is no pool
   * @throws io.veneer.thinpool.PoolLockedException if somebody else has it open
   * @throws ReadOnlyException if it is to be written and the host allows no write there
   */
  public static HostPoolFiles open(Path folder, boolean readOnly) {
    Path absolute = folder.toAbsolutePath().normalize();
    checkIsPool(absolute);
    for (String name : List.of(METADATA_NAME, DATA_NAME)) {
      checkAccess(absolute.resolve(name), readOnly);
    }
    PoolLock lock = lock(absolute.resolve(LOCK_NAME), readOnly);
    try {
      return new HostPoolFiles(absolute, readOnly, lock);
    } catch (PoolException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Whether a pool is in use by a process of this machine, as far as the kernel tells. Locks
   * nothing, and so gets in nobody's way.
   *
   * @param folder the pool's folder
   * @return false also if it is no pool, or its user cannot be seen from here
   */
  public static boolean isInUse(Path folder) {
    return PoolLock.isHeld(folder.resolve(LOCK_NAME));
  }

  /**
   * Tells which process has a pool, as the failure to lock it does.
   *
   * @param folder the pool's folder
   * @return its process id and command, for people; empty where {@link #isInUse} is false
   */
  public static Optional<String> holder(Path folder) {
    return PoolLock.holder(folder.resolve(LOCK_NAME));
  }

  private static void checkIsPool(Path folder) {
    if (!Files.exists(folder)) {
      throw PoolException.badRequest(
          "there is no pool; check the path, or create one: pool=" + folder);
    }
    if (!Files.isDirectory(folder)) {
      throw PoolException.badRequest("not a pool but a file; name the folder: path=" + folder);
    }
    for (String name : List.of(METADATA_NAME, DATA_NAME)) {
      if (!Files.isRegularFile(folder.resolve(name))) {
        throw PoolException.badRequest(
            "not a pool, a file is missing; check the path: pool=" + folder + " missing=" + name);
      }
    }
  }

  private static void checkAccess(Path file, boolean readOnly) {
    if (!Files.isReadable(file)) {
      throw PoolException.badRequest(
          "no permission to read the pool; ask its owner, or become root: file=" + file);
    }
    if (!readOnly && !Files.isWritable(file)) {
      throw new ReadOnlyException(
          "pool cannot be written here; open it for reading, or change the permissions or the mount:"
              + " file="
              + file);
    }
  }

  private static PoolLock lock(Path lockFile, boolean readOnly) {
    if (readOnly) {
      return PoolLock.shared(lockFile);
    }
    try {
      if (!Files.exists(lockFile)) {
        Files.createFile(lockFile, FOR_THE_OWNER);
      }
    } catch (IOException e) {
      throw cannot("lock the pool", lockFile, e);
    }
    return PoolLock.exclusive(lockFile);
  }

  private static PoolException cannot(String action, Path path, IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return PoolException.badRequest(
          "cannot " + action + ", the folder above is missing; make it first: path=" + path);
    }
    if (failure instanceof AccessDeniedException || !Files.isWritable(existing(path))) {
      return new ReadOnlyException(
          "cannot " + action + ", the host allows no write here; name another folder: path=" + path,
          failure);
    }
    return new PoolIoException(
        "cannot " + action + ": path=" + path + " error=" + failure.getMessage(), failure);
  }

  /** The path itself, or the lowest folder above it that is there. */
  private static Path existing(Path path) {
    return Files.exists(path) || path.getParent() == null ? path : existing(path.getParent());
  }

  @Override
  public MetadataFile metadata() {
    return metadata;
  }

  @Override
  public synchronized DataFile data(int blockSizeBytes) {
    if (data == null) {
      HostFile file = HostFile.open(folder.resolve(DATA_NAME), readOnly);
      data = new MappedDataFile(file, blockSizeBytes, readOnly);
    }
    return data;
  }

  @Override
  public String location() {
    return folder.toString();
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      closeFiles();
    }
  }

  /** Each is closed whatever becomes of the others; the lock last. */
  private void closeFiles() {
    try {
      if (data != null) {
        data.close();
      }
    } finally {
      try {
        metadata.close();
      } finally {
        lock.close();
      }
    }
  }
}

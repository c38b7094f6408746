// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.archive.Compression;
import io.veneer.driver.image.ImageManifest.LayerBlob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Brings layers into a driver: each is unpacked into an active snapshot with a key of its own, and
 * becomes a layer by its commit under its chain id. So a layer is there wholly or not at all, and
 * who unpacks the same one at the same time loses the race without harm. Whatever ends an import,
 * the snapshot it was unpacking into is removed; after a kill, {@link #removeLeftovers} does that.
 *
 * <p>Any thread. Two threads of one process that want the same layer wait for each other rather
 * than unpack it twice.
 */
final class LayerImport {
  private static final int LOCKS = 64;
  private static final String KEY_PREFIX = "import-";

  private final StorageDriver driver;
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  LayerImport(StorageDriver driver) {
    this.driver = driver;
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /**
   * One layer of an image to import.
   *
   * @param archive where it is
   * @param blob which file
   * @param chainId what it will be called
   * @param parent chain id of the layer below, which is there, or empty
   * @param diffId what its archive must be
   * @param history how it was made
   */
  record Wanted(
      ImageArchive archive,
      LayerBlob blob,
      String chainId,
      String parent,
      Digest diffId,
      ImageConfig.HistoryEntry history) {}

  /**
   * What became of a layer.
   *
   * @param kind whether it is there now
   * @param contentBytes of its files, if it was imported
   */
  record Outcome(Kind kind, long contentBytes) {
    enum Kind {
      /** It was there. */
      THERE,
      /** It is there now. */
      IMPORTED,
      /** It is not, as the layer below has been removed meanwhile. */
      PARENT_GONE
    }

    static final Outcome THERE = new Outcome(Kind.THERE, 0);
    static final Outcome PARENT_GONE = new Outcome(Kind.PARENT_GONE, 0);
  }

  /** Imports a layer. */
  Outcome run(Wanted wanted, ImportProgress progress) {
    ReentrantLock lock = locks[Math.floorMod(wanted.chainId.hashCode(), LOCKS)];
    lockFor(lock, wanted);
    try {
      return isThere(wanted.chainId) ? Outcome.THERE : unpack(wanted, progress);
    } finally {
      lock.unlock();
    }
  }

  private static void lockFor(ReentrantLock lock, Wanted wanted) {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DriverException(
          Kind.CANCELLED, "import was interrupted: chainId=" + wanted.chainId, e);
    }
  }

  boolean isThere(String chainId) {
    try {
      driver.stat(chainId);
      return true;
    } catch (DriverException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private Outcome unpack(Wanted wanted, ImportProgress progress) {
    String key = KEY_PREFIX + UUID.randomUUID();
    if (!prepare(key, wanted)) {
      return Outcome.PARENT_GONE;
    }
    try {
      long contentBytes = apply(wanted, key, progress);
      driver.commit(wanted.chainId, key, labels(wanted, contentBytes));
      return new Outcome(Outcome.Kind.IMPORTED, contentBytes);
    } catch (RuntimeException | Error e) {
      removeAfter(key, e);
      if (e instanceof DriverException refusal
          && refusal.kind() == Kind.ALREADY_EXISTS
          && isThere(wanted.chainId)) {
        return Outcome.THERE;
      }
      throw e;
    }
  }

  private boolean prepare(String key, Wanted wanted) {
    try {
      driver.create(key, wanted.parent, Map.of(ImageLabels.IMPORT, wanted.chainId));
      return true;
    } catch (DriverException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private void removeAfter(String key, Throwable failure) {
    try {
      driver.remove(key);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private static Map<String, String> labels(Wanted wanted, long contentBytes) {
    return Map.of(
        ImageLabels.DIFF_ID, wanted.diffId.toString(),
        ImageLabels.SIZE, Long.toString(contentBytes),
        ImageLabels.CREATED, ImageLabels.cut(wanted.history.created()),
        ImageLabels.CREATED_BY, ImageLabels.cut(wanted.history.createdBy()));
  }

  private long apply(Wanted wanted, String key, ImportProgress progress) {
    try (DigestStream stored = wanted.archive.open(wanted.blob)) {
      long totalBytes = wanted.archive.sizeBytes(wanted.blob);
      InputStream watched = new ProgressStream(stored, totalBytes, progress);
      try (InputStream plain = Compression.uncompressed(watched)) {
        return apply(wanted, key, stored, plain);
      }
    } catch (ClosedByInterruptException e) {
      throw new DriverException(
          Kind.CANCELLED, "import was interrupted: chainId=" + wanted.chainId, e);
    } catch (IOException e) {
      throw DriverException.io("cannot read a layer: path=" + Shown.of(wanted.blob.path()), e);
    }
  }

  private long apply(Wanted wanted, String key, DigestStream stored, InputStream plain)
      throws IOException {
    DigestStream archive =
        new DigestStream(plain, "archive of a layer", Optional.of(wanted.diffId), -1);
    try {
      long contentBytes = driver.applyDiff(key, archive);
      archive.finish();
      stored.finish();
      return contentBytes;
    } catch (DriverException e) {
      throw explained(e, stored);
    }
  }

  /**
   * An archive that cannot be read is most likely one that was damaged on its way; that is told.
   */
  private static DriverException explained(DriverException failure, DigestStream stored)
      throws IOException {
    if (failure.kind() == Kind.DATA_LOSS || failure.kind() == Kind.INVALID_ARGUMENT) {
      try {
        stored.finish();
      } catch (DriverException cause) {
        if (cause != failure) {
          cause.addSuppressed(failure);
        }
        return cause;
      }
    }
    return failure;
  }

  /** Removes what imports of a process that was killed left, in a driver that nobody imports to. */
  void removeLeftovers() {
    List<String> keys = new ArrayList<>();
    driver.walk(
        info -> {
          if (info.kind() == SnapshotKind.ACTIVE && info.key().startsWith(KEY_PREFIX)) {
            keys.add(info.key());
          }
        },
        "labels." + ImageLabels.quoted(ImageLabels.IMPORT));
    keys.forEach(driver::remove);
  }
}

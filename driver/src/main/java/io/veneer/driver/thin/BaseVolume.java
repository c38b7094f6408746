// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static io.veneer.driver.thin.PoolErrors.translated;

import io.veneer.driver.DriverException;
import io.veneer.driver.host.HostFiles;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolOperations;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * The device with an empty file system that layers without a parent are snapshots of.
 *
 * <p>It is made when the first such layer is: mkfs writes into a sparse file, which needs no root,
 * and what it wrote is copied to a device that is renamed and sealed when it is whole. A crash
 * before leaves a device under the name that is made anew the next time; a failure, as in a pool
 * that is full, leaves none. Any thread; one makes it while others wait.
 */
final class BaseVolume implements FirstVolume {
  /** No key begins like this: a device of this name is no snapshot and never shown. */
  private static final String PREFIX = "veneer-base:";

  private static final int CHUNK_BYTES = 1 << 20;
  private static final int DIGEST_BYTES = 8;

  private final ThinPool pool;
  private final VolumeOptions options;
  private final Path scratchFolder;
  private final String name;

  BaseVolume(ThinPool pool, VolumeOptions options, Path scratchFolder) {
    this.pool = pool;
    this.options = options;
    this.scratchFolder = scratchFolder;
    this.name = PREFIX + origin(options);
  }

  /** What a base volume is like; one that was made in another way has another name. */
  private static String origin(VolumeOptions options) {
    String plain = options.kind().typeName() + ":" + options.sizeBytes();
    return options.makeOptions().isEmpty()
        ? plain
        : plain + ":" + digest(String.join(" ", options.makeOptions()));
  }

  private static String digest(String text) {
    try {
      byte[] all =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(all, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has it", e);
    }
  }

  @Override
  public synchronized void prepare() {
    if (!exists(name)) {
      make();
    }
  }

  @Override
  public void create(PoolOperations operations, String device) {
    operations.createSnapshot(device, name);
  }

  @Override
  public Map<String, String> attributes() {
    return VolumeAttributes.of(options.kind());
  }

  private boolean exists(String device) {
    try {
      pool.device(device);
      return true;
    } catch (NoSuchDeviceException e) {
      return false;
    }
  }

  /** Where mkfs works: always there, so that no killed process leaves another file. */
  Path image() {
    return scratchFolder.resolve("base-" + origin(options).replace(':', '-') + ".img");
  }

  private void make() {
    String unfinished = name + ":unfinished";
    Path image = image();
    try {
      Files.createDirectories(scratchFolder);
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength(0); // what a killed process left is not what is made now
        file.setLength(options.sizeBytes());
      }
      options.kind().make(image, options.makeOptions());
      fill(unfinished, image);
    } catch (IOException e) {
      throw DriverException.io("cannot make the base volume kind=" + options.kind(), e);
    } finally {
      delete(image);
    }
  }

  private void fill(String unfinished, Path image) throws IOException {
    translated(() -> remake(unfinished));
    try {
      copy(image, unfinished);
      translated(() -> finish(unfinished));
    } catch (IOException | RuntimeException e) {
      giveUp(unfinished, e);
      throw e;
    }
  }

  /** What was copied would hold blocks that somebody else may need more. */
  private void giveUp(String unfinished, Exception failure) {
    try {
      if (exists(unfinished)) {
        pool.removeDevice(unfinished);
      }
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void remake(String unfinished) {
    pool.transact(
        operations -> {
          if (exists(unfinished)) {
            operations.removeDevice(unfinished);
          }
          return operations.createDevice(unfinished, options.sizeBytes());
        });
  }

  private void finish(String unfinished) {
    pool.transact(
        operations -> {
          operations.renameDevice(unfinished, name);
          operations.setAttributes(name, attributes());
          operations.sealDevice(name);
          return null;
        });
    pool.commit();
  }

  /** Copies what is data; zeroes that are written to holes of a device take no room. */
  private void copy(Path image, String device) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    try (FileChannel from = FileChannel.open(image);
        BlockDevice to = translated(() -> pool.openDevice(device))) {
      long size = from.size();
      long offset = HostFiles.nextData(image, 0);
      while (offset < size) {
        long begin = offset - offset % CHUNK_BYTES;
        chunk.clear().limit((int) Math.min(CHUNK_BYTES, size - begin));
        while (chunk.hasRemaining() && from.read(chunk, begin + chunk.position()) >= 0) {
          // Reads on until the chunk is full.
        }
        chunk.flip();
        translated(() -> to.write(begin, chunk, false));
        offset = HostFiles.nextData(image, begin + CHUNK_BYTES);
      }
      translated(to::flush);
    }
  }

  private static void delete(Path image) {
    try {
      Files.deleteIfExists(image);
    } catch (IOException e) {
      // A file that is left is written over the next time.
    }
  }
}

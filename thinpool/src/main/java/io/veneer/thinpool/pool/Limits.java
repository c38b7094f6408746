// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.pool;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.PoolPolicy;
import io.veneer.thinpool.format.DeviceRecord;
import io.veneer.thinpool.format.DeviceText;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import java.util.Map;

/** What sizes, names and attributes may be; each check says what was wrong and what is right. */
final class Limits {
  static final long DEVICE_BYTES_MIN = DeviceRecord.SIZE_BYTES_MIN;
  static final long DEVICE_BYTES_MAX = DeviceRecord.SIZE_BYTES_MAX;
  static final int DEVICE_ID_MAX = DeviceRecord.ID_MAX;
  static final int DEVICES_MAX = 1 << 22;
  private static final int SECTOR_BYTES = 512;

  private Limits() {}

  static long deviceSize(long sizeBytes) {
    if (sizeBytes < DEVICE_BYTES_MIN || sizeBytes > DEVICE_BYTES_MAX) {
      throw PoolException.badRequest("device size must be from 1 MiB to 16 TiB: size=" + sizeBytes);
    }
    return (sizeBytes + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
  }

  static String name(String name) {
    requireEncodable(name, "device name");
    if (!DeviceText.isName(name)) {
      throw PoolException.badRequest(
          "device name must be 1 to 255 bytes of UTF-8 without control characters: bytes="
              + DeviceText.bytes(name));
    }
    return name;
  }

  /** Refuses what would come back from disk as something else. */
  private static void requireEncodable(String text, String what) {
    if (!DeviceText.isEncodable(text)) {
      throw PoolException.badRequest(what + " has half a character, a lone surrogate");
    }
  }

  static Map<String, String> attributes(Map<String, String> attributes) {
    attributes.forEach(
        (key, value) -> {
          requireEncodable(key, "attribute name");
          requireEncodable(value, "attribute");
        });
    int bytes = DeviceText.attributesBytes(attributes);
    if (bytes > DeviceText.ATTRIBUTES_BYTES_MAX) {
      throw PoolException.badRequest(
          "attributes of a device must be at most 65536 bytes in all: bytes=" + bytes);
    }
    return Map.copyOf(attributes);
  }

  static String externalOrigin(String path) {
    requireEncodable(path, "external origin");
    boolean fits = DeviceText.bytes(path) <= DeviceText.EXTERNAL_ORIGIN_BYTES_MAX;
    if (!path.startsWith("/") || !fits) {
      throw PoolException.badRequest(
          "external origin must be an absolute path of at most 4096 bytes: path=" + path);
    }
    return path;
  }

  static void options(PoolOptions options) {
    blockSize(options.blockSizeBytes());
    long limit = options.dataLimitBytes();
    if (limit != 0 && limit < options.dataBytes()) {
      throw PoolException.badRequest(
          "data limit must be 0 or at least the data size: limit="
              + limit
              + " size="
              + options.dataBytes());
    }
    lowWaterAndTimeout(options.lowWaterBytes(), options.noSpaceTimeoutMillis());
  }

  /** The data limit depends on the pool. */
  static void policy(PoolPolicy policy) {
    lowWaterAndTimeout(policy.lowWaterBytes(), policy.noSpaceTimeoutMillis());
  }

  private static void lowWaterAndTimeout(long lowWaterBytes, int timeoutMillis) {
    if (lowWaterBytes < 0) {
      throw PoolException.badRequest("low water must not be negative: low_water=" + lowWaterBytes);
    }
    if (timeoutMillis < 0) {
      throw PoolException.badRequest(
          "no-space timeout must not be negative: millis=" + timeoutMillis);
    }
  }

  private static void blockSize(int bytes) {
    boolean power = Integer.bitCount(bytes) == 1;
    if (!power || bytes < Superblock.BLOCK_SIZE_MIN || bytes > Superblock.BLOCK_SIZE_MAX) {
      throw PoolException.badRequest(
          "block size must be a power of two from 4 KiB to 1 MiB: block_size=" + bytes);
    }
  }

  /** How many data blocks a size is, rounded up. */
  static long dataBlocks(long bytes, int blockSizeBytes) {
    PoolGeometry geometry = PoolGeometry.ofBlockSize(blockSizeBytes);
    long most = geometry.dataBlocksMax() * blockSizeBytes;
    if (bytes < DEVICE_BYTES_MIN || bytes > most) {
      throw PoolException.badRequest(
          "data size must be from 1 MiB to "
              + (most >> 40)
              + " TiB with this block size: size="
              + bytes);
    }
    return (bytes + blockSizeBytes - 1) / blockSizeBytes;
  }

  /** How many metadata blocks a limit is; 0 derives one that is ample for the data. */
  static long nodeBlocks(PoolOptions options, long dataBlocks) {
    long bytes = options.metadataBytes();
    if (bytes == 0) {
      return Math.min(PoolGeometry.NODE_BLOCKS_MAX, 16_384 + dataBlocks / 16);
    }
    return nodeBlocks(bytes);
  }

  /** How many metadata blocks a limit is. */
  static long nodeBlocks(long bytes) {
    if (bytes < DEVICE_BYTES_MIN * 2
        || bytes / Superblock.BLOCK_SIZE_MIN > PoolGeometry.NODE_BLOCKS_MAX) {
      throw PoolException.badRequest("metadata size must be from 2 MiB to 1 TiB: size=" + bytes);
    }
    return bytes / Superblock.BLOCK_SIZE_MIN;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.LayerFile;
import io.veneer.driver.OpenMode;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.thinpool.pool.ThinPool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;

/**
 * Images in a pool as an import leaves them, but for their content, which is no file system: so no
 * test needs root. The records are written as their format says, without the code that reads them.
 */
final class SampleImages implements AutoCloseable {
  static final int BLOCK = 64 << 10;

  private static final String CONFIG =
      "{\"os\":\"linux\",\"architecture\":\"amd64\",\"created\":\"2024-05-06T07:08:09Z\","
          + "\"config\":{\"Cmd\":[\"sh\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},"
          + "\"history\":[{\"created\":\"2024-05-06T00:00:00Z\",\"created_by\":\"COPY rootfs /\"},"
          + "{\"created_by\":\"ENV A=b\",\"empty_layer\":true},"
          + "{\"created_by\":\"RUN install\"}]}";

  private final StorageDriver driver;

  private SampleImages(StorageDriver driver) {
    this.driver = driver;
  }

  static SampleImages in(PoolFolder pool) {
    return new SampleImages(ThinDriver.open(ThinPool.open(Path.of(pool.toString())), 64L << 20));
  }

  /** The name of a layer, as the tests call it. */
  static String chainId(String seed) {
    return "sha256:" + digest(seed);
  }

  /** Makes a layer with blocks of its own, and names that it is the topmost of. */
  SampleImages layer(String seed, String parent, int firstBlock, int blocks, String... names) {
    String below = parent.isEmpty() ? "" : chainId(parent);
    driver.prepare("making", below, Map.of());
    write("making", firstBlock, blocks, seed.hashCode());
    Map<String, String> labels = new HashMap<>();
    labels.put("veneer.layer.diff-id", "sha256:" + digest("diff " + seed));
    labels.put("veneer.layer.size", "1000");
    labels.put("veneer.layer.created", "2024-05-06T00:00:00Z");
    labels.put("veneer.layer.created-by", "RUN make " + seed);
    for (String name : names) {
      labels.put("veneer.image." + name, "2026-01-01T00:00:00Z sha256:" + digest(CONFIG));
      labels.put("veneer.config." + digest(CONFIG) + ".0", deflated());
    }
    driver.commit(chainId(seed), "making", labels);
    return this;
  }

  /** Writes blocks of a container. */
  SampleImages write(String key, int firstBlock, int blocks, int seed) {
    byte[] content = new byte[blocks * BLOCK];
    Arrays.fill(content, (byte) (seed | 1));
    try (LayerFile volume = driver.openFile(key, StorageDriver.VOLUME, OpenMode.WRITE)) {
      volume.write((long) firstBlock * BLOCK, ByteBuffer.wrap(content));
      volume.force();
    }
    return this;
  }

  private static String digest(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  private static String deflated() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream stream = new DeflaterOutputStream(bytes)) {
      stream.write(CONFIG.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  @Override
  public void close() {
    driver.close();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.LayerFile;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A plain copy of the image, as one container should see it: the image's bytes, and then the
 * container's writes in their order. One thread; removes the copy when it is closed.
 */
final class Verification implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Verification.class);
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer expected = ByteBuffer.allocateDirect(CHUNK_BYTES);
  private final ByteBuffer found = ByteBuffer.allocateDirect(CHUNK_BYTES);

  private Verification(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Copies the image; written to by {@link #apply}. */
  static Verification copyOf(ImageFile image, Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Verification copy = new Verification(file, channel);
    try {
      image.copyTo(copy::write, Long.MAX_VALUE, done -> {});
      return copy;
    } catch (IOException | RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  Path file() {
    return file;
  }

  void force() throws IOException {
    channel.force(true);
  }

  /** Does all writes of a container. */
  void apply(WritePlan plan, int container) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect(plan.writeBytes());
    for (int pass = 0; pass < WritePlan.PASSES; pass++) {
      for (int write = 0; write < plan.writesPerContainer(); write++) {
        plan.fill(bytes, container, pass, write);
        write(plan.offset(container, write), bytes);
      }
    }
  }

  /** Compares a driver's file with this copy, byte by byte; a volume may be longer. */
  boolean matches(LayerFile other, boolean mayBeLonger) throws IOException {
    long sizeBytes = channel.size();
    if (other.sizeBytes() != sizeBytes && !(mayBeLonger && other.sizeBytes() > sizeBytes)) {
      LOG.warn("size differs expected={} found={}", sizeBytes, other.sizeBytes());
      return false;
    }
    long offset = nextChunk(other, 0);
    while (offset < sizeBytes) {
      int lengthBytes = (int) Math.min(CHUNK_BYTES, sizeBytes - offset);
      if (!chunkMatches(other, offset, lengthBytes)) {
        return false;
      }
      offset = nextChunk(other, offset + lengthBytes);
    }
    return true;
  }

  /**
   * Where one of the two may hold something; before it, both are holes, which are equal. (Reading
   * holes would fill the page cache with zeroes, a gigabyte for each container.)
   */
  private long nextChunk(LayerFile other, long offset) throws IOException {
    if (offset >= channel.size()) {
      return offset;
    }
    return Math.min(HostFiles.nextData(file, offset), other.nextData(offset));
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }

  private boolean chunkMatches(LayerFile other, long offset, int lengthBytes) throws IOException {
    expected.clear().limit(lengthBytes);
    found.clear().limit(lengthBytes);
    while (expected.hasRemaining()) {
      channel.read(expected, offset + expected.position());
    }
    other.read(offset, found);
    int mismatch = expected.flip().mismatch(found.flip());
    if (mismatch >= 0) {
      LOG.warn("content differs offset={}", offset + mismatch);
    }
    return mismatch < 0;
  }

  private void write(long offset, ByteBuffer bytes) throws IOException {
    long position = offset;
    while (bytes.hasRemaining()) {
      position += channel.write(bytes, position);
    }
  }
}

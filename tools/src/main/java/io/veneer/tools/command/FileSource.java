// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An image in a file or on a block device. Holes are passed over without being read. */
final class FileSource implements RawSource {
  /** Below this, reading zeroes costs less than loading what finds holes. */
  private static final long SMALL_BYTES = 64L << 20;

  private final Path file;
  private final FileChannel channel;
  private final HoleFinder holes;
  private final long sizeBytes;
  private long position;

  private FileSource(Path file, FileChannel channel, long sizeBytes) {
    this.file = file;
    this.channel = channel;
    this.sizeBytes = sizeBytes;
    this.holes = sizeBytes < SMALL_BYTES ? HoleFinder.none() : HoleFinder.open(file);
  }

  /** Opens what stands under a name; a pipe there is read as a stream. */
  static RawSource open(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new CommandFailure(file + " is a folder; name a raw image");
    }
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    long sizeBytes = channel.size();
    boolean hasSize = sizeBytes > 0 || Files.isRegularFile(file);
    return hasSize ? new FileSource(file, channel, sizeBytes) : new StreamSource(channel, channel);
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public long next(ByteBuffer buffer) throws IOException {
    long data = position < sizeBytes ? holes.nextData(position, sizeBytes) : sizeBytes;
    if (data >= sizeBytes) {
      return -1;
    }
    long offset = Math.max(position, data & -Chunks.CHUNK_BYTES);
    buffer.clear().limit((int) Math.min(Chunks.CHUNK_BYTES, sizeBytes - offset));
    channel.position(offset);
    if (Chunks.fill(channel, buffer) < Math.min(Chunks.CHUNK_BYTES, sizeBytes - offset)) {
      throw new CommandFailure("the file " + file + " got shorter while it was read; try again");
    }
    position = offset + buffer.remaining();
    return offset;
  }

  @Override
  public void close() throws IOException {
    holes.close();
    channel.close();
  }
}

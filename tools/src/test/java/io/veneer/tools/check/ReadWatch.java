// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.check;

import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.file.DataFile;
import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.file.PoolFiles;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** Files that remember which metadata blocks were read, and can fail to read one of them. */
final class ReadWatch implements PoolFiles, MetadataFile {
  private final PoolFiles files;
  private final Set<Long> blocksRead = new HashSet<>();
  private long failing = -1;

  ReadWatch(PoolFiles files) {
    this.files = files;
  }

  Set<Long> blocksRead() {
    return blocksRead;
  }

  void fail(long block) {
    failing = block;
  }

  @Override
  public void read(long block, ByteBuffer target) {
    blocksRead.add(block);
    if (block == failing) {
      throw new PoolIoException("cannot read: block=" + block, null);
    }
    files.metadata().read(block, target);
  }

  @Override
  public MetadataFile metadata() {
    return this;
  }

  @Override
  public DataFile data(int blockSizeBytes) {
    return files.data(blockSizeBytes);
  }

  @Override
  public String location() {
    return files.location();
  }

  @Override
  public boolean readOnly() {
    return true;
  }

  @Override
  public long lengthBlocks() {
    return files.metadata().lengthBlocks();
  }

  @Override
  public void write(long firstBlock, ByteBuffer source) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void reserve(long firstBlock, long blocks) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void force() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long hostBytes() {
    return files.metadata().hostBytes();
  }

  @Override
  public void close() {
    files.close();
  }
}

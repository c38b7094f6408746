// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what is asked of a pool's files, and lets a test step in before each call: to hold a
 * thread up, or to throw. Any thread.
 */
public final class WatchedPoolFiles implements PoolFiles {
  /** What can be asked. */
  public enum Call {
    METADATA_READ,
    METADATA_WRITE,
    METADATA_RESERVE,
    METADATA_FORCE,
    DATA_READ,
    DATA_WRITE,
    DATA_FILL,
    DATA_RESERVE,
    DATA_PUNCH,
    DATA_FORCE,
    DATA_FORCE_RANGE
  }

  /** Steps in before a call. */
  @FunctionalInterface
  public interface Step {
    /**
     * Runs on the thread that calls, before the call.
     *
     * @param call what is asked
     */
    void before(Call call);
  }

  private final PoolFiles files;
  private final Map<Call, LongAdder> counts = new EnumMap<>(Call.class);
  private final MetadataFile metadata;
  private DataFile data;
  private volatile Step step = call -> {};

  /**
   * Watches files.
   *
   * @param files the files
   */
  public WatchedPoolFiles(PoolFiles files) {
    this.files = files;
    for (Call call : Call.values()) {
      counts.put(call, new LongAdder());
    }
    this.metadata = new WatchedMetadata(files.metadata());
  }

  /**
   * Steps in from now on.
   *
   * @param next the step
   */
  public void before(Step next) {
    step = next;
  }

  /**
   * How often something was asked.
   *
   * @param call what
   * @return how often since the beginning
   */
  public long count(Call call) {
    return counts.get(call).sum();
  }

  private void called(Call call) {
    counts.get(call).increment();
    step.before(call);
  }

  @Override
  public MetadataFile metadata() {
    return metadata;
  }

  @Override
  public synchronized DataFile data(int blockSizeBytes) {
    if (data == null) {
      data = new WatchedData(files.data(blockSizeBytes));
    }
    return data;
  }

  @Override
  public String location() {
    return files.location();
  }

  @Override
  public boolean readOnly() {
    return files.readOnly();
  }

  @Override
  public void close() {
    files.close();
  }

  private final class WatchedMetadata implements MetadataFile {
    private final MetadataFile file;

    WatchedMetadata(MetadataFile file) {
      this.file = file;
    }

    @Override
    public long lengthBlocks() {
      return file.lengthBlocks();
    }

    @Override
    public void read(long block, ByteBuffer target) {
      called(Call.METADATA_READ);
      file.read(block, target);
    }

    @Override
    public void write(long firstBlock, ByteBuffer source) {
      called(Call.METADATA_WRITE);
      file.write(firstBlock, source);
    }

    @Override
    public void reserve(long firstBlock, long blocks) {
      called(Call.METADATA_RESERVE);
      file.reserve(firstBlock, blocks);
    }

    @Override
    public void force() {
      called(Call.METADATA_FORCE);
      file.force();
    }

    @Override
    public long hostBytes() {
      return file.hostBytes();
    }

    @Override
    public void close() {
      file.close();
    }
  }

  private final class WatchedData implements DataFile {
    private final DataFile file;

    WatchedData(DataFile file) {
      this.file = file;
    }

    @Override
    public void read(long offset, ByteBuffer target) {
      called(Call.DATA_READ);
      file.read(offset, target);
    }

    @Override
    public void write(long offset, ByteBuffer source) {
      called(Call.DATA_WRITE);
      file.write(offset, source);
    }

    @Override
    public void zero(long offset, int lengthBytes) {
      called(Call.DATA_WRITE);
      file.zero(offset, lengthBytes);
    }

    @Override
    public void writeNew(long offset, ByteBuffer source) {
      called(Call.DATA_FILL);
      file.writeNew(offset, source);
    }

    @Override
    public void copyPatched(long fromOffset, long toOffset, int patchOffset, ByteBuffer patch) {
      called(Call.DATA_FILL);
      file.copyPatched(fromOffset, toOffset, patchOffset, patch);
    }

    @Override
    public void zeroPatched(long toOffset, int patchOffset, ByteBuffer patch) {
      called(Call.DATA_FILL);
      file.zeroPatched(toOffset, patchOffset, patch);
    }

    @Override
    public boolean matches(long offset, ByteBuffer expected) {
      return file.matches(offset, expected);
    }

    @Override
    public boolean gainsFromRoomAhead() {
      return file.gainsFromRoomAhead();
    }

    @Override
    public void reserve(long offset, long lengthBytes) {
      called(Call.DATA_RESERVE);
      file.reserve(offset, lengthBytes);
    }

    @Override
    public void punch(long offset, long lengthBytes) {
      called(Call.DATA_PUNCH);
      file.punch(offset, lengthBytes);
    }

    @Override
    public void expectLength(long lengthBytes) {
      file.expectLength(lengthBytes);
    }

    @Override
    public void truncate(long offset) {
      file.truncate(offset);
    }

    @Override
    public void force() {
      called(Call.DATA_FORCE);
      file.force();
    }

    @Override
    public void force(long offset, long lengthBytes) {
      called(Call.DATA_FORCE_RANGE);
      file.force(offset, lengthBytes);
    }

    @Override
    public long lengthBytes() {
      return file.lengthBytes();
    }

    @Override
    public long hostBytes() {
      return file.hostBytes();
    }

    @Override
    public void close() {
      file.close();
    }
  }
}

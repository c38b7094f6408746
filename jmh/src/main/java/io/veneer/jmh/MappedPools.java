// SPDX-License-Identifier: Apache-2.0
package io.veneer.jmh;

import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.file.HostPoolFiles;
import io.veneer.thinpool.file.MetadataFile;
import io.veneer.thinpool.file.PoolFiles;
import io.veneer.thinpool.format.BlockHeaderFormat;
import io.veneer.thinpool.format.MappingEntry;
import io.veneer.thinpool.format.PoolGeometry;
import io.veneer.thinpool.format.Superblock;
import io.veneer.thinpool.format.SuperblockFormat;
import io.veneer.thinpool.mapping.DeviceTable;
import io.veneer.thinpool.mapping.StoredDevice;
import io.veneer.thinpool.pool.ThinPool;
import io.veneer.thinpool.space.NodeAllocator;
import io.veneer.thinpool.space.SpaceMap;
import io.veneer.thinpool.transaction.InFlight;
import io.veneer.thinpool.transaction.Transactions;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Pools with one device that is mapped from end to end, made without writing data: the mappings and
 * counts are those that writing everything in order would leave, the data file is a hole of the
 * right length. A pool of 1 TiB takes seconds and about 250 MB.
 *
 * <p>Each size is made once and kept in the benchmarks' folder; benchmarks work on copies.
 */
final class MappedPools {
  static final String DEVICE = "mapped";

  /** Room for the records of all the snapshots that a benchmark takes before it removes them. */
  private static final long METADATA_BYTES = 16 * PoolBenchmark.GIB;

  private static final int BLOCKS_PER_COMMIT = 1 << 20;

  private MappedPools() {}

  /** Copies the pool of a size, holes as holes, to a path that does not exist. */
  static void copy(long mappedBytes, Path target) {
    Path kept = BenchmarkFolder.where().resolve("veneer-bench-mapped-" + mappedBytes);
    try {
      if (!Files.exists(kept)) {
        Files.createDirectories(kept.getParent());
        Path made = kept.resolveSibling(kept.getFileName() + "-" + ProcessHandle.current().pid());
        make(mappedBytes, made);
        Files.move(made, kept, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    HostCommand.run("cp", "-r", "--sparse=auto", kept.toString(), target.toString());
  }

  private static void make(long mappedBytes, Path folder) throws IOException {
    PoolOptions options = PoolOptions.ofSize(2 * mappedBytes + 64 * PoolBenchmark.GIB);
    ThinPool.create(folder, options.withMetadata(METADATA_BYTES));
    int id;
    try (ThinPool pool = ThinPool.open(folder)) {
      id = pool.createDevice(DEVICE, mappedBytes);
    }
    try (PoolFiles files = HostPoolFiles.open(folder, false)) {
      new Rooms(files).map(id, mappedBytes);
    }
    try (RandomAccessFile data = new RandomAccessFile(folder.resolve("data").toFile(), "rw")) {
      data.setLength(mappedBytes);
    }
  }

  /** The rooms of a pool, put together without those above that write data. */
  private static final class Rooms {
    private final Superblock superblock;
    private final Transactions transactions;
    private final SpaceMap dataSpace;
    private final DeviceTable table;

    Rooms(PoolFiles files) {
      superblock = newestSuperblock(files.metadata());
      InFlight inFlight = new InFlight();
      transactions =
          new Transactions(files.metadata(), files.data(superblock.blockSizeBytes), superblock);
      dataSpace = SpaceMap.ofData(transactions, inFlight);
      SpaceMap nodeSpace = SpaceMap.ofNodes(transactions, inFlight);
      table = new DeviceTable(transactions, new NodeAllocator(nodeSpace, transactions), dataSpace);
      transactions.add(table);
      transactions.add(dataSpace);
      transactions.add(nodeSpace);
    }

    void map(int id, long mappedBytes) {
      long blocks = mappedBytes / superblock.blockSizeBytes;
      for (long from = 0; from < blocks; from += BLOCKS_PER_COMMIT) {
        map(id, from, Math.min(blocks, from + BLOCKS_PER_COMMIT));
        transactions.commit();
      }
    }

    private void map(int id, long from, long to) {
      transactions.lock().lock();
      try {
        StoredDevice device = table.find(id);
        for (long block = from; block < to; block++) {
          device.map(block, MappingEntry.data(dataSpace.allocate(block), superblock.clock));
        }
      } finally {
        transactions.lock().unlock();
      }
    }
  }

  private static Superblock newestSuperblock(MetadataFile metadata) {
    Superblock newest = null;
    for (int slot = 0; slot < PoolGeometry.SUPERBLOCKS; slot++) {
      ByteBuffer image = BlockHeaderFormat.newBlock();
      metadata.read(slot, image);
      try {
        Superblock found = SuperblockFormat.decode(image.clear(), slot);
        newest = newest == null || found.sequence > newest.sequence ? found : newest;
      } catch (CorruptMetadataException e) {
        // The slot that no commit has used yet.
        continue;
      }
    }
    return newest;
  }
}

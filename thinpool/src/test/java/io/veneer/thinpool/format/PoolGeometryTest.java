// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolGeometryTest {

  @ParameterizedTest
  @ValueSource(ints = {4096, 8192, 65536, 1 << 20})
  void areasHaveRoomForWhatTheyHold(int blockSizeBytes) {
    PoolGeometry g = PoolGeometry.ofBlockSize(blockSizeBytes);
    long dataPages = PoolGeometry.countBlocks(g.dataBlocksMax());
    long nodePages = PoolGeometry.countBlocks(g.nodeBlocksMax());
    assertTrue(dataPages * CountsFormat.COUNTS >= g.dataBlocksMax());
    assertTrue((g.nodeIndexStart() - g.dataIndexStart()) / 2 * 2016 >= dataPages);
    assertTrue((g.dataCountsStart() - g.nodeIndexStart()) / 2 * 2016 >= nodePages);
    assertEquals(2 * dataPages, g.nodeCountsStart() - g.dataCountsStart());
    assertEquals(2 * nodePages, g.nodesStart() - g.nodeCountsStart());
    assertEquals(g.nodeBlocksMax(), g.end() - g.nodesStart());
  }

  @Test
  void countsBlocksAreRoundedUp() {
    assertEquals(0, PoolGeometry.countBlocks(0));
    assertEquals(1, PoolGeometry.countBlocks(1));
    assertEquals(1, PoolGeometry.countBlocks(1344));
    assertEquals(2, PoolGeometry.countBlocks(1345));
    assertEquals(1, PoolGeometry.indexBlocks(1344 * 2016));
    assertEquals(2, PoolGeometry.indexBlocks(1344 * 2016 + 1));
  }

  @Test
  void superblockGivesItsGeometry() {
    Superblock superblock = new Superblock(1);
    superblock.dataBlocksMax = 1000;
    superblock.nodeBlocksMax = 2000;
    assertEquals(new PoolGeometry(1000, 2000), superblock.geometry());
  }
}

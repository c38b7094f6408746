// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What importing and exporting ask of a device, and what they leave out. */
class CopyTest {
  private static final int BLOCK = HeapDevice.BLOCK_BYTES;
  private static final int CHUNK = Chunks.CHUNK_BYTES;

  @TempDir private Path folder;
  private final HeapDevice device = new HeapDevice(64L << 20);

  @Test
  void importWritesRunsOfBlocksAndNoZeroes() throws IOException {
    byte[] image = new byte[2 * CHUNK + 10];
    image[0] = 1;
    image[BLOCK + 1] = 1;
    image[5 * BLOCK - 1] = 1;
    image[CHUNK + BLOCK] = 1;
    image[2 * CHUNK + 9] = 1;
    importImage(image);
    assertEquals(
        List.of(
            write(0, 2 * BLOCK),
            write(4 * BLOCK, BLOCK),
            write(CHUNK + BLOCK, BLOCK),
            write(2 * CHUNK, 10)),
        device.takeRequests());
  }

  @Test
  void importOfZeroesWritesNothing() throws IOException {
    importImage(new byte[CHUNK + 4097]);
    assertEquals(List.of(), device.takeRequests());
  }

  @Test
  void importAsksForRoomBeforeItWrites() throws IOException {
    HeapDevice small = new HeapDevice(CHUNK);
    List<Long> ends = new ArrayList<>();
    ImportCopy.Growth growth =
        end -> {
          ends.add(end);
          small.resize(Math.max(small.sizeBytes(), end));
        };
    new ImportCopy(source(new byte[2 * CHUNK + 7]), growth, Progress.none()).to(small);
    assertEquals(List.of((long) CHUNK, 2L * CHUNK, 2L * CHUNK + 7), ends);
  }

  @Test
  void exportToAStreamReadsOnlyWhatIsMapped() {
    put(3 * BLOCK + 5, 1);
    put(2 * CHUNK - 1, 2);
    device.takeRequests();
    byte[] bytes = stream(0, 3 * CHUNK + 1);
    assertEquals(3 * CHUNK + 1, bytes.length);
    assertEquals(1, bytes[3 * BLOCK + 5]);
    assertEquals(2, bytes[2 * CHUNK - 1]);
    assertEquals(
        List.of("read " + 3 * BLOCK + "+" + BLOCK, "read " + (2 * CHUNK - BLOCK) + "+" + BLOCK),
        device.takeRequests());
  }

  @Test
  void exportReadsInAlignedChunksWhereverTheRangeBegins() {
    fill(0, 4 * CHUNK);
    device.takeRequests();
    assertEquals(2 * CHUNK, stream(CHUNK / 2, CHUNK / 2 + 2 * CHUNK).length);
    assertEquals(
        List.of(
            "read " + CHUNK / 2 + "+" + CHUNK / 2,
            "read " + CHUNK + "+" + CHUNK,
            "read " + 2 * CHUNK + "+" + CHUNK / 2),
        device.takeRequests());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void exportToAFileGivesTheSameBytesAsToAStream(long seed) throws IOException {
    Random random = new Random(seed);
    int length = 1 + random.nextInt(4 * CHUNK);
    for (int i = 0; i < 20; i++) {
      put(random.nextInt(length), 1 + random.nextInt(100));
    }
    Path file = folder.resolve("out");
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      copy().toSparseFile(length, out);
      if (out.size() < length) {
        out.write(ByteBuffer.allocate(1), length - 1);
      }
    }
    assertArrayEquals(stream(0, length), Files.readAllBytes(file), "seed=" + seed);
  }

  @Test
  void tellsWhetherARangeIsZero() {
    put(BLOCK, 0);
    put(2 * CHUNK, 1);
    assertTrue(copy().isZero(0, 2 * CHUNK));
    assertTrue(copy().isZero(2 * CHUNK + 1, 3 * CHUNK));
    assertTrue(copy().isZero(5, 5));
    assertFalse(copy().isZero(0, 2 * CHUNK + 1));
  }

  private void importImage(byte[] image) throws IOException {
    new ImportCopy(source(image), end -> {}, Progress.none()).to(device);
  }

  private static RawSource source(byte[] image) {
    return new StreamSource(Channels.newChannel(new ByteArrayInputStream(image)), () -> {});
  }

  private ExportCopy copy() {
    return new ExportCopy(device, Progress.none());
  }

  private byte[] stream(long offset, long endOffset) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    copy()
        .toStream(
            offset,
            endOffset,
            chunk -> {
              byte[] bytes = new byte[chunk.remaining()];
              chunk.get(bytes);
              out.writeBytes(bytes);
            });
    return out.toByteArray();
  }

  private void put(long offset, int value) {
    device.write(offset, ByteBuffer.wrap(new byte[] {(byte) value}), false);
  }

  private void fill(long offset, int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    device.write(offset, ByteBuffer.wrap(bytes), false);
  }

  private static String write(long offset, int length) {
    return "write " + offset + "+" + length;
  }
}

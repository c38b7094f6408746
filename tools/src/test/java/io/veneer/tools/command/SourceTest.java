// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTest {
  private static final int CHUNK = Chunks.CHUNK_BYTES;

  @TempDir Path folder;

  @Test
  void passesOverTheHolesOfALargeSparseFile() throws IOException {
    Path file = folder.resolve("sparse");
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(new byte[] {1}), 5L * CHUNK + 17);
      out.write(ByteBuffer.wrap(new byte[] {2}), (1L << 40) + 3);
    }
    try (RawSource source = FileSource.open(file)) {
      assertEquals((1L << 40) + 4, source.sizeBytes());
      assertEquals(List.of(5L * CHUNK, 1L << 40), offsets(source));
    }
  }

  @Test
  void findsNothingInAFileThatIsAllHole() throws IOException {
    Path file = folder.resolve("hole");
    try (var out = new java.io.RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(1L << 40);
    }
    try (RawSource source = FileSource.open(file)) {
      assertEquals(List.of(), offsets(source));
    }
  }

  @Test
  void givesAllBytesOfAFile() throws IOException {
    byte[] bytes = bytes(3 * CHUNK + 777);
    Path file = Files.write(folder.resolve("file"), bytes);
    try (RawSource source = FileSource.open(file)) {
      assertEquals(bytes.length, source.sizeBytes());
      assertArrayEquals(bytes, all(source, bytes.length));
    }
  }

  @Test
  void anEmptyFileHasNoChunk() throws IOException {
    try (RawSource source = FileSource.open(Files.createFile(folder.resolve("empty")))) {
      assertEquals(0, source.sizeBytes());
      assertEquals(-1, source.next(Chunks.newBuffer()));
    }
  }

  @Test
  void aStreamThatComesInSmallPiecesIsGivenInWholeChunks() throws IOException {
    byte[] bytes = bytes(2 * CHUNK + 5);
    InputStream slow =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(length, 7001));
          }
        };
    try (RawSource source = new StreamSource(Channels.newChannel(slow), () -> {})) {
      assertEquals(RawSource.UNKNOWN_SIZE, source.sizeBytes());
      assertArrayEquals(bytes, all(source, bytes.length));
      assertEquals(bytes.length, source.sizeBytes());
    }
  }

  @Test
  void aStreamThatEndsAtAChunksEndHasNoOtherChunk() throws IOException {
    InputStream in = new ByteArrayInputStream(bytes(CHUNK));
    try (RawSource source = new StreamSource(Channels.newChannel(in), () -> {})) {
      assertEquals(List.of(0L), offsets(source));
      assertEquals(CHUNK, source.sizeBytes());
    }
  }

  @Test
  void aCharacterDeviceIsReadAsAStream() throws IOException {
    try (RawSource source = FileSource.open(Path.of("/dev/null"))) {
      assertEquals(List.of(), offsets(source));
      assertEquals(0, source.sizeBytes());
    }
  }

  @Test
  void refusesAFolderAndAFileThatIsNotThere() {
    CommandFailure e = assertThrows(CommandFailure.class, () -> FileSource.open(folder));
    assertTrue(e.getMessage().contains("is a folder; name a raw image"), e.getMessage());
    assertThrows(NoSuchFileException.class, () -> FileSource.open(folder.resolve("none")));
  }

  private static List<Long> offsets(RawSource source) throws IOException {
    ByteBuffer buffer = Chunks.newBuffer();
    List<Long> offsets = new ArrayList<>();
    for (long at = source.next(buffer); at >= 0; at = source.next(buffer)) {
      offsets.add(at);
    }
    return offsets;
  }

  private static byte[] all(RawSource source, int length) throws IOException {
    ByteBuffer buffer = Chunks.newBuffer();
    byte[] all = new byte[length];
    for (long at = source.next(buffer); at >= 0; at = source.next(buffer)) {
      buffer.get(all, (int) at, buffer.remaining());
    }
    return all;
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}

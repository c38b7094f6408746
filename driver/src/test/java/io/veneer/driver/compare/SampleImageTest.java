// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleImageTest {
  private static final long IMAGE_BYTES = 16 << 20;
  private static final int EXT4_MAGIC_OFFSET = 1024 + 56;
  private static final int EXT4_MAGIC = 0xEF53;

  @TempDir Path folder;

  @Test
  void makesAnExt4ImageOfTheRunningJavaThatHasTheSizeAskedFor() throws IOException {
    Path image = folder.resolve("java.img");
    SampleImage.create(image, IMAGE_BYTES);
    assertEquals(IMAGE_BYTES, Files.size(image));
    long heldBytes = HostFiles.sizeOf(image).allocatedBytes();
    assertTrue(heldBytes > IMAGE_BYTES / 4, "almost empty, heldBytes=" + heldBytes);
    if (Ext4Maker.find().isPresent()) {
      assertEquals(EXT4_MAGIC, magic(image));
    }
    assertEquals(List.of(image), listed());
  }

  @Test
  void putsFilesTogetherWhereThereIsNoMkfs() throws IOException {
    Path source = givenSource();
    Path image = folder.resolve("joined.img");
    SampleImage.create(image, IMAGE_BYTES, source, Optional.empty());
    byte[] bytes = Files.readAllBytes(image);
    assertEquals(IMAGE_BYTES, bytes.length);
    assertArrayEquals(Files.readAllBytes(source.resolve("a/one")), Arrays.copyOf(bytes, 5000));
    assertArrayEquals(
        Files.readAllBytes(source.resolve("b/two")), Arrays.copyOfRange(bytes, 8192, 8192 + 4096));
    assertTrue(HostFiles.sizeOf(image).allocatedBytes() < IMAGE_BYTES / 2, "not sparse");
  }

  @Test
  void putsAsMuchTogetherAsFits() throws IOException {
    Path source = givenSource();
    Files.write(source.resolve("c"), new byte[3 << 20]);
    Path image = folder.resolve("joined.img");
    SampleImage.create(image, 1 << 20, source, Optional.empty());
    assertEquals(1 << 20, Files.size(image));
  }

  @Test
  void theSameFolderAndSizeGiveTheSameJoinedImage() throws IOException {
    Path source = givenSource();
    Path one = folder.resolve("one.img");
    Path two = folder.resolve("two.img");
    SampleImage.create(one, IMAGE_BYTES, source, Optional.empty());
    SampleImage.create(two, IMAGE_BYTES, source, Optional.empty());
    assertEquals(-1, Files.mismatch(one, two));
  }

  @Test
  void sizesThatAreTooSmallAndFilesThatExistAreRefused() throws IOException {
    Path image = folder.resolve("java.img");
    assertFails(Kind.INVALID_ARGUMENT, image, (1 << 20) - 1);
    assertFalse(Files.exists(image));
    Files.writeString(image, "precious");
    assertFails(Kind.ALREADY_EXISTS, image, IMAGE_BYTES);
    assertEquals("precious", Files.readString(image));
  }

  private static void assertFails(Kind kind, Path image, long sizeBytes) {
    DriverException e =
        assertThrows(DriverException.class, () -> SampleImage.create(image, sizeBytes));
    assertEquals(kind, e.kind(), e.getMessage());
  }

  private Path givenSource() throws IOException {
    Path source = Files.createDirectory(folder.resolve("source"));
    writeRandom(source.resolve("a/one"), 5000);
    writeRandom(source.resolve("b/two"), 4096);
    return source;
  }

  private static void writeRandom(Path file, int lengthBytes) throws IOException {
    byte[] bytes = new byte[lengthBytes];
    new Random(lengthBytes).nextBytes(bytes);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static int magic(Path image) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
      file.seek(EXT4_MAGIC_OFFSET);
      return file.read() | file.read() << 8;
    }
  }

  private List<Path> listed() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}

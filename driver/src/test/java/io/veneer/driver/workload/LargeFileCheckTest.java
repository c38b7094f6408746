// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.compare.WritePlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LargeFileCheckTest {
  private static final int IMAGE_BYTES = (3 << 20) + 4096;
  private static final byte[] APPENDED = {1, 2, 3, 4};

  private final WritePlan plan = WritePlan.of(5, 2, 20, 4096, IMAGE_BYTES);
  private final byte[] expected = new byte[IMAGE_BYTES + APPENDED.length];
  @TempDir private Path folder;
  private Path image;

  @BeforeEach
  void makeImage() throws IOException {
    byte[] bytes = new byte[IMAGE_BYTES];
    new SplittableRandom(1).nextBytes(bytes);
    image = Files.write(folder.resolve("image"), bytes);
    System.arraycopy(bytes, 0, expected, 0, IMAGE_BYTES);
    ByteBuffer piece = ByteBuffer.allocate(4096);
    for (int pass = 0; pass < WritePlan.PASSES; pass++) {
      for (int write = 0; write < plan.writesPerContainer(); write++) {
        plan.fill(piece, 1, pass, write);
        piece.get(0, expected, (int) plan.offset(1, write), 4096);
      }
    }
    System.arraycopy(APPENDED, 0, expected, IMAGE_BYTES, APPENDED.length);
  }

  @Test
  void acceptsTheImageWithAllWrites() {
    assertDoesNotThrow(() -> check(expected));
  }

  @Test
  void findsOneWrongByteAnywhere() {
    for (int offset : new int[] {0, (1 << 20) - 1, 1 << 20, IMAGE_BYTES - 1, IMAGE_BYTES + 3}) {
      byte[] wrong = expected.clone();
      wrong[offset] ^= 1;
      DriverException refusal = assertThrows(DriverException.class, () -> check(wrong));
      assertEquals(Kind.DATA_LOSS, refusal.kind());
    }
  }

  @Test
  void findsAWriteThatWasLost() throws IOException {
    byte[] wrong = expected.clone();
    int offset = (int) plan.offset(1, 7);
    System.arraycopy(Files.readAllBytes(image), offset, wrong, offset, 4096);
    assertThrows(DriverException.class, () -> check(wrong));
  }

  @Test
  void findsWhatIsTooShort() {
    byte[] wrong = Arrays.copyOf(expected, expected.length - 1);
    assertThrows(DriverException.class, () -> check(wrong));
  }

  private void check(byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("file"), content);
    new LargeFileCheck(image, plan, APPENDED).require(file, 1, "thin");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.thinpool.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs every workload through every real mount, with little to do. Needs root. */
class MountedComparisonIT {
  private static final int IMAGE_BYTES = 8 << 20;

  @TempDir private Path folder;
  private Path image;

  @BeforeEach
  void makeImage() throws IOException {
    boolean root = "root".equals(System.getProperty("user.name"));
    Requirement.skipUnless(root, "mounting needs root");
    byte[] bytes = new byte[IMAGE_BYTES];
    new SplittableRandom(7).nextBytes(bytes);
    image = Files.write(folder.resolve("image"), bytes);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    Remains.requireNone(folder);
  }

  @Test
  void measuresEveryQuantityOfEveryDriver() {
    MountedResult result = run(options(List.of(), List.of()));
    assertEquals(List.of(), List.copyOf(result.absent().entrySet()));
    assertEquals(MountedComparison.driverNames(), result.drivers());
    for (String driver : result.drivers()) {
      for (Quantity quantity : Quantity.values()) {
        boolean notAsked = quantity.key().equals("open64") || quantity.key().equals("open127");
        assertEquals(!notAsked, result.find(quantity, driver).isPresent(), driver + " " + quantity);
      }
    }
  }

  @Test
  void countsWhatIsCopied() {
    MountedResult result = run(options(List.of("thin", "overlay2"), List.of(LargeFile.NAME)));
    double thin = result.find(Quantity.LARGE_FILE_COPIED, "thin").orElseThrow().median();
    double overlay2 = result.find(Quantity.LARGE_FILE_COPIED, "overlay2").orElseThrow().median();
    assertTrue(overlay2 > IMAGE_BYTES * 0.9, "overlay2 copies the file: " + overlay2);
    assertTrue(thin < IMAGE_BYTES / 2.0, "thin copies some blocks: " + thin);
  }

  @Test
  void runsOnlyWhatIsAskedFor() {
    List<String> parts = new ArrayList<>();
    MountedOptions options = options(List.of("plain"), List.of(CommitAppend.NAME));
    MountedResult result =
        new MountedComparison(options, (what, driver) -> parts.add(what + " " + driver)).run();
    assertEquals(List.of("plain"), result.drivers());
    assertTrue(parts.contains("commit plain"), parts::toString);
    assertFalse(result.find(Quantity.FIRST_WRITE, "plain").isPresent());
  }

  @Test
  void refusesNamesThatAreNone() {
    DriverException refusal =
        assertThrows(DriverException.class, () -> run(options(List.of("zfs"), List.of())));
    assertEquals(Kind.NOT_FOUND, refusal.kind());
  }

  private static MountedResult run(MountedOptions options) {
    return new MountedComparison(options, (what, driver) -> {}).run();
  }

  private MountedOptions options(List<String> drivers, List<String> workloads) {
    return new MountedOptions(
        image, drivers, workloads, 2, 10, 40, 3, List.of(1, 16), 3, folder.resolve("work"));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.compare.ComparisonProgress.Phase;
import io.veneer.driver.vfs.VfsDriver;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  private static final int IMAGE_BYTES = 16 << 20;
  private static final int CONTAINERS = 2;
  private static final int WRITES = 25;
  private static final ComparisonProgress QUIET = (phase, driver, done, total) -> {};

  @TempDir Path folder;

  private Path image;
  private Path scratch;

  @BeforeEach
  void makeImage() throws IOException {
    image = folder.resolve("disk.raw");
    scratch = folder.resolve("scratch");
    byte[] bytes = new byte[IMAGE_BYTES];
    new Random(42).nextBytes(bytes);
    Files.write(image, bytes);
  }

  @Test
  void everyDriverHoldsWhatWasWritten() {
    ComparisonResult result = run(DriverCatalog.standard().namesIn(scratch));
    assertEquals(new ImageInfo(image.toString(), IMAGE_BYTES), result.image());
    assertEquals(CONTAINERS, result.containers());
    assertEquals(WRITES, result.writesPerContainer());
    assertEquals(
        DriverCatalog.standard().namesIn(scratch),
        result.drivers().stream().map(DriverResult::name).toList());
    for (DriverResult driver : result.drivers()) {
      assertTrue(driver.verified(), driver::toString);
      assertOrdered(driver.prepareMicros());
      assertOrdered(driver.firstWriteMicros());
      assertOrdered(driver.newPlaceMicros());
      assertOrdered(driver.rewriteMicros());
    }
  }

  @Test
  void fileLevelDriversCopyAndStoreTheImageForEachContainer() {
    for (DriverResult driver : run(List.of("overlay2", "overlay", "aufs", "vfs")).drivers()) {
      assertEquals((long) CONTAINERS * IMAGE_BYTES, driver.bytesCopied(), driver::toString);
      long extraBytes = driver.bytesStored() - (long) CONTAINERS * IMAGE_BYTES;
      assertTrue(extraBytes >= 0 && extraBytes < 1 << 20, driver::toString);
    }
  }

  @Test
  void thinCopiesAtMostOneBlockForEachPlace() {
    DriverResult thin = run(List.of("thin")).drivers().get(0);
    long blockBytes = 64 << 10;
    assertTrue(thin.bytesCopied() > 0, thin::toString);
    assertTrue(thin.bytesCopied() <= CONTAINERS * WRITES * blockBytes, thin::toString);
    assertTrue(thin.bytesStored() < IMAGE_BYTES, thin::toString);
  }

  @Test
  void holesOfTheImageAreNeitherCopiedNorStored() throws IOException {
    Path sparse = folder.resolve("sparse.raw");
    Files.write(sparse, Files.readAllBytes(image));
    try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
      file.setLength(4L * IMAGE_BYTES);
    }
    DriverResult driver = run(options(List.of("overlay2")).on(sparse, scratch)).drivers().get(0);
    assertTrue(driver.verified());
    assertTrue(driver.bytesCopied() < CONTAINERS * (IMAGE_BYTES + (1L << 20)), driver::toString);
    assertTrue(driver.bytesStored() < CONTAINERS * (IMAGE_BYTES + (1L << 20)), driver::toString);
  }

  @Test
  void everyDriverButReflinkWorksEverywhere() {
    List<String> names = List.of("thin", "overlay2", "overlay", "aufs", "vfs");
    assertTrue(DriverCatalog.standard().namesIn(scratch).containsAll(names));
    assertTrue(DriverCatalog.standard().names().contains("reflink"));
  }

  @Test
  void imagesOfAnyLengthAreCompared() throws IOException {
    byte[] odd = new byte[(1 << 20) + 777];
    new Random(1).nextBytes(odd);
    Files.write(image, odd);
    for (DriverResult driver : run(DriverCatalog.standard().namesIn(scratch)).drivers()) {
      assertTrue(driver.verified(), driver::toString);
    }
  }

  @Test
  void theSmallestImageHasRoomForAllItsPlaces() throws IOException {
    byte[] smallest = new byte[1 << 20];
    new Random(1).nextBytes(smallest);
    Files.write(image, smallest);
    ComparisonOptions options = options(List.of("overlay2")).withLoad(1, 256);
    assertTrue(run(options).drivers().get(0).verified());
    assertFails(Kind.INVALID_ARGUMENT, options.withLoad(1, 257));
  }

  @Test
  void aDriverThatCorruptsIsFoundOut() {
    DriverCatalog catalog =
        DriverCatalog.standard()
            .with(
                "corrupting", (where, bytes, count) -> new CorruptingDriver(VfsDriver.open(where)));
    ComparisonOptions options = options(List.of("vfs", "corrupting"));
    List<DriverResult> drivers = new Comparison(options, catalog, QUIET).run().drivers();
    assertTrue(drivers.get(0).verified());
    assertFalse(drivers.get(1).verified());
  }

  @Test
  void writesCanBeForcedOutsideTheMeasuredTime() {
    ComparisonOptions options =
        options(List.of("overlay2", "aufs")).withFlushPolicy(FlushPolicy.EACH_TURN);
    assertTrue(run(options).drivers().stream().allMatch(DriverResult::verified));
  }

  @Test
  void progressComesToAnEndInEveryPhase() {
    Map<Phase, Long> last = new EnumMap<>(Phase.class);
    Map<Phase, Long> totals = new EnumMap<>(Phase.class);
    new Comparison(
            options(List.of("overlay2", "vfs")),
            DriverCatalog.standard(),
            (phase, driver, done, total) -> {
              assertTrue(done <= total, phase + " " + done + " of " + total);
              last.put(phase, done);
              totals.put(phase, total);
            })
        .run();
    assertEquals(Phase.values().length, last.size());
    assertEquals(totals, last);
  }

  @Test
  void theImageIsNotTouchedAndNothingIsLeft() throws IOException {
    byte[] before = Files.readAllBytes(image);
    run(List.of("overlay2", "vfs"));
    assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(image)));
    assertNothingIsLeft();
  }

  @Test
  void nothingIsLeftWhenADriverFails() throws IOException {
    DriverCatalog catalog =
        DriverCatalog.standard()
            .with(
                "failing",
                (where, bytes, count) -> {
                  throw new DriverException(Kind.IO, "no such luck");
                });
    Comparison comparison = new Comparison(options(List.of("vfs", "failing")), catalog, QUIET);
    assertEquals(Kind.IO, assertThrows(DriverException.class, comparison::run).kind());
    assertNothingIsLeft();
  }

  @Test
  void anInterruptEndsItAndNothingIsLeft() throws Exception {
    Thread here = Thread.currentThread();
    Comparison comparison =
        new Comparison(
            options(List.of("overlay2")),
            DriverCatalog.standard(),
            (phase, driver, done, total) -> {
              if (phase == Phase.NEW_PLACES) {
                here.interrupt();
              }
            });
    try {
      assertThrows(DriverException.class, comparison::run);
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertNothingIsLeft();
  }

  @Test
  void whatIsNoImageIsRefused() throws IOException {
    ComparisonOptions options = options(List.of("vfs"));
    Path small = Files.write(folder.resolve("small"), new byte[(1 << 20) - 1]);
    assertFails(Kind.NOT_FOUND, options.on(folder.resolve("nothing"), scratch));
    assertFails(Kind.INVALID_ARGUMENT, options.on(folder, scratch));
    assertFails(Kind.INVALID_ARGUMENT, options.on(small, scratch));
  }

  @Test
  void optionsThatCannotBeAreRefused() {
    assertFails(Kind.NOT_FOUND, options(List.of("vfs", "zfs")));
    assertFails(Kind.INVALID_ARGUMENT, options(List.of()));
    assertFails(Kind.INVALID_ARGUMENT, options(List.of("vfs", "vfs")));
    assertFails(Kind.INVALID_ARGUMENT, options(List.of("vfs")).withLoad(0, 1));
    assertFails(Kind.INVALID_ARGUMENT, options(List.of("vfs")).withLoad(1, 0));
  }

  private ComparisonOptions options(List<String> drivers) {
    return ComparisonOptions.of(image, scratch)
        .withDrivers(drivers)
        .withLoad(CONTAINERS, WRITES)
        .withSeed(7);
  }

  private ComparisonResult run(List<String> drivers) {
    return run(options(drivers));
  }

  private static ComparisonResult run(ComparisonOptions options) {
    return new Comparison(options, DriverCatalog.standard(), QUIET).run();
  }

  private static void assertFails(Kind kind, ComparisonOptions options) {
    DriverException e = assertThrows(DriverException.class, () -> run(options));
    assertEquals(kind, e.kind(), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  private static void assertOrdered(Timing timing) {
    assertTrue(0 < timing.p50(), timing::toString);
    assertTrue(timing.p50() <= timing.p99() && timing.p99() <= timing.max(), timing::toString);
  }

  private void assertNothingIsLeft() throws IOException {
    try (Stream<Path> left = Files.list(scratch)) {
      assertEquals(List.of(), left.toList());
    }
  }
}

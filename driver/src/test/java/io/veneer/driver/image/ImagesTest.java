// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.archive.ArchiveBuilder;
import io.veneer.driver.image.LayoutBuilder.Packing;
import io.veneer.driver.snapshot.SnapshotDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images in a driver: shared layers, names, removal, and imports that end badly. */
class ImagesTest {
  @TempDir Path scratch;
  private final AtomicLong ticks = new AtomicLong();
  private FolderStore store;
  private StorageDriver driver;
  private Images images;

  @BeforeEach
  void open() throws IOException {
    store = new FolderStore(Files.createDirectory(scratch.resolve("store")));
    driver = new SnapshotDriver(store, Clock.systemUTC());
    images = new Images(driver, new TickingClock(ticks));
  }

  /** Every look at it is a second later. */
  private static final class TickingClock extends Clock {
    private final AtomicLong ticks;

    TickingClock(AtomicLong ticks) {
      this.ticks = ticks;
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH.plus(Duration.ofSeconds(ticks.incrementAndGet()));
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static ArchiveBuilder base() {
    return new ArchiveBuilder().folder("etc", 0755).file("etc/base", "base").file("old", "old");
  }

  /** One image named "one" of two layers, and one named "two" that shares the first of them. */
  private static LayoutBuilder twoImages() throws IOException {
    LayoutBuilder layout = new LayoutBuilder();
    layout
        .image()
        .layer(Packing.GZIP, base())
        .layer(Packing.ZSTD, new ArchiveBuilder().file("one", "1").whiteout(".wh.old"))
        .named("one");
    layout
        .image()
        .layer(Packing.GZIP, base())
        .layer(Packing.PLAIN, new ArchiveBuilder().file("two", "2"))
        .named("two");
    return layout;
  }

  private ImageArchive opened(byte[] tar) throws IOException {
    Path file = Files.createTempFile(scratch, "image", ".tar");
    Files.write(file, tar);
    return ImageArchive.open(file, new Platform("linux", "amd64", ""));
  }

  private ImportResult importOne(ImageArchive archive, int index, String name) {
    return images.importImage(archive, archive.images().get(index), name, ImportProgress.NONE);
  }

  private List<ImportResult> importAll(LayoutBuilder layout) throws IOException {
    List<ImportResult> results = new ArrayList<>();
    try (ImageArchive archive = opened(layout.layoutTar())) {
      for (ImageManifest image : archive.images()) {
        results.add(images.importImage(archive, image, image.names().get(0), ImportProgress.NONE));
      }
    }
    return results;
  }

  private List<String> keys() {
    return store.all().stream().map(SnapshotInfo::key).sorted().toList();
  }

  private String text(String chainId, String path) throws IOException {
    return Files.readString(store.tree(chainId).resolve(path));
  }

  private static Kind kindOf(Runnable call) {
    return assertThrows(DriverException.class, call::run).kind();
  }

  @Test
  void imagesShareTheLayersTheyHaveInCommon() throws IOException {
    List<ImportResult> results = importAll(twoImages());
    assertEquals(2, results.get(0).importedLayers());
    assertEquals(1, results.get(1).importedLayers());
    assertEquals(3, images.layers().size());
    assertEquals("base", text(results.get(1).chainId(), "etc/base"));
    assertEquals("2", text(results.get(1).chainId(), "two"));
    assertEquals("1", text(results.get(0).chainId(), "one"));
    assertFalse(Files.exists(store.tree(results.get(0).chainId()).resolve("old")));
    assertEquals(List.of("one", "two"), images.images().stream().map(ImageRecord::name).toList());
  }

  @Test
  void aLayerIsNamedByItsChainId() throws IOException {
    List<ImportResult> results = importAll(twoImages());
    Digest low = Digest.ofBytes(base().bytes());
    Digest high = Digest.ofBytes(new ArchiveBuilder().file("two", "2").bytes());
    String expected = Digest.ofText(low + " " + high).toString();
    assertEquals(expected, results.get(1).chainId());
    assertEquals(low.toString(), driver.stat(expected).parent());
  }

  @Test
  void importingTwiceImportsNothing() throws IOException {
    importAll(twoImages());
    int applied = store.applied.get();
    assertEquals(0, importAll(twoImages()).get(0).importedLayers());
    assertEquals(applied, store.applied.get());
  }

  @Test
  void readsDockerSave() throws IOException {
    LayoutBuilder layout = new LayoutBuilder();
    layout
        .image()
        .layer(Packing.PLAIN, base())
        .layer(Packing.PLAIN, new ArchiveBuilder().file("two", "2"))
        .saved("debian:12", "debian:latest");
    try (ImageArchive archive = opened(layout.savedTar())) {
      assertEquals(List.of("debian:12", "debian:latest"), archive.images().get(0).names());
      ImportResult result = importOne(archive, 0, "debian:12");
      assertEquals("2", text(result.chainId(), "two"));
    }
    assertEquals(1, importAll(twoImages()).get(0).importedLayers(), "the base is shared");
  }

  @Test
  void keepsTheConfiguration() throws IOException {
    LayoutBuilder layout = twoImages();
    importAll(layout);
    ImageConfig config = images.config("one");
    assertEquals(2, config.diffIds().size());
    assertTrue(config.text().contains("A=b"));
    assertEquals("step 1", images.layer("one").createdBy());
    assertEquals(4, config.history().size());
  }

  @Test
  void keepsLongConfigurationsAndRefusesEndlessOnes() throws IOException {
    LayoutBuilder layout = new LayoutBuilder();
    LayoutBuilder.Image image = layout.image().layer(Packing.PLAIN, base());
    image.environment = random(10_000);
    image.named("long");
    importAll(layout);
    assertTrue(images.config("long").text().contains(image.environment));

    LayoutBuilder.Image endless = new LayoutBuilder().image().layer(Packing.PLAIN, base());
    endless.environment = random(60_000);
    LayoutBuilder other = endless.named("endless");
    assertEquals(Kind.INVALID_ARGUMENT, kindOf(() -> uncheckedImport(other)));
  }

  private static String random(int length) {
    Random random = new Random(3);
    StringBuilder text = new StringBuilder();
    random.ints(length, 'a', 'z' + 1).forEach(each -> text.append((char) each));
    return text.toString();
  }

  private void uncheckedImport(LayoutBuilder layout) {
    try {
      importAll(layout);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void oneImageMayHaveSeveralNames() throws IOException {
    try (ImageArchive archive = opened(twoImages().layoutTar())) {
      importOne(archive, 0, "a");
      importOne(archive, 0, "b");
    }
    assertEquals(List.of("a", "b"), images.layer("a").imageNames());
    assertEquals(List.of(), images.remove("a"));
    assertEquals(images.config("b").digest(), images.images().get(0).configDigest());
    assertEquals(2, images.remove("b").size());
    assertEquals(List.of(), keys());
  }

  @Test
  void imagesOfTheSameLayersMayDifferInTheirConfigurations() throws IOException {
    for (String environment : new String[] {"X=1", "X=2"}) {
      LayoutBuilder layout = new LayoutBuilder();
      LayoutBuilder.Image image = layout.image().layer(Packing.PLAIN, base());
      image.environment = environment;
      importAll(image.named(environment));
    }
    assertEquals(1, images.layers().size());
    assertTrue(images.config("X=1").text().contains("\"X=1\""), images.config("X=1").text());
    images.remove("X=1");
    assertTrue(images.config("X=2").text().contains("\"X=2\""));
    long pieces =
        driver.stat(images.layer("X=2").chainId()).labels().keySet().stream()
            .filter(ImageLabels::isPieceOfConfig)
            .count();
    assertEquals(1, pieces, "the other configuration is gone");
  }

  @Test
  void aNameMovesToTheImageThatWasImportedLast() throws IOException {
    try (ImageArchive archive = opened(twoImages().layoutTar())) {
      String first = importOne(archive, 0, "latest").chainId();
      String second = importOne(archive, 1, "latest").chainId();
      assertEquals(second, images.layer("latest").chainId());
      assertEquals(List.of(), images.layer(first).imageNames());
      assertEquals(1, images.removeUnused().size());
      assertEquals(2, images.layers().size());
    }
  }

  @Test
  void ofTwoImagesThatACrashLeftWithOneNameTheLaterCounts() throws IOException {
    List<ImportResult> results = importAll(twoImages());
    SnapshotInfo old = driver.stat(results.get(0).chainId());
    String value = old.labels().get(ImageLabels.NAME_PREFIX + "one");
    importOneAs(1, "same");
    Map<String, String> labels = new HashMap<>(old.labels());
    labels.put(ImageLabels.NAME_PREFIX + "same", value);
    driver.update(old.withLabels(labels, Instant.now()));
    assertEquals(results.get(1).chainId(), images.layer("same").chainId());
    assertEquals(3, images.images().size());
    images.remove("same");
    assertEquals(List.of("one", "two"), images.images().stream().map(ImageRecord::name).toList());
  }

  private void importOneAs(int index, String name) throws IOException {
    try (ImageArchive archive = opened(twoImages().layoutTar())) {
      importOne(archive, index, name);
    }
  }

  @Test
  void removalLeavesWhatOthersStandOn() throws IOException {
    List<ImportResult> results = importAll(twoImages());
    assertEquals(List.of(results.get(0).chainId()), images.remove("one"));
    assertEquals("base", text(results.get(1).chainId(), "etc/base"));
    driver.prepare("container", results.get(1).chainId(), Map.of());
    assertEquals(List.of(), images.remove("two"));
    assertEquals(2, images.layers().size());
    driver.remove("container");
    assertEquals(2, images.prune(results.get(1).chainId()).size());
    assertEquals(List.of(), keys());
    assertEquals(Kind.NOT_FOUND, kindOf(() -> images.remove("two")));
  }

  @Test
  void othersSnapshotsAreNotTouched() throws IOException {
    driver.prepare("x", "", Map.of());
    driver.commit("somebody/sha256:base", "x", Map.of());
    driver.prepare("import-y", "", Map.of());
    importAll(twoImages());
    images.removeUnused();
    images.remove("one");
    images.remove("two");
    images.removeLeftovers();
    assertEquals(List.of("import-y", "somebody/sha256:base"), keys());
  }

  @Test
  void findsLayersByTheirFirstDigits() throws IOException {
    String chainId = importAll(twoImages()).get(0).chainId();
    assertEquals(chainId, images.layer(chainId).chainId());
    assertEquals(chainId, images.layer(chainId.substring(0, 20)).chainId());
    assertEquals(chainId, images.layer(chainId.substring(7, 19)).chainId());
    assertEquals(Kind.NOT_FOUND, kindOf(() -> images.layer(chainId.substring(7, 9))));
    assertEquals(Kind.NOT_FOUND, kindOf(() -> images.layer("nothing")));
  }

  @Test
  void layersComeParentsFirst() throws IOException {
    importAll(twoImages());
    List<String> seen = new ArrayList<>(List.of(""));
    for (LayerRecord layer : images.layers()) {
      assertTrue(seen.contains(layer.parent()));
      seen.add(layer.chainId());
    }
  }

  @Test
  void aFailedImportLeavesNoHalfLayer() throws IOException {
    store.beforeApply =
        () -> {
          if (store.applied.get() == 1) {
            throw new DriverException(Kind.RESOURCE_EXHAUSTED, "full");
          }
        };
    assertEquals(Kind.RESOURCE_EXHAUSTED, kindOf(() -> uncheckedImport(twoImagesUnchecked())));
    assertEquals(1, keys().size());
    assertEquals(List.of(), images.images());
    assertEquals(1, images.removeUnused().size());
    store.beforeApply = () -> {};
    importAll(twoImages());
    assertEquals(3, images.layers().size());
  }

  private static LayoutBuilder twoImagesUnchecked() {
    try {
      return twoImages();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatAKilledImportLeftIsRemovedWhenTheDriverIsOpened() throws IOException {
    importAll(twoImages());
    List<String> before = keys();
    driver.prepare("import-killed", "", Map.of(ImageLabels.IMPORT, "sha256:0"));
    images.removeLeftovers();
    assertEquals(before, keys());
  }

  @Test
  void whatProgressThrowsEndsTheImport() throws IOException {
    ImportProgress interrupted =
        new ImportProgress() {
          @Override
          public void layer(int index, int count, String chainId, boolean isThere) {
            if (index == 1) {
              throw new DriverException(Kind.CANCELLED, "enough");
            }
          }

          @Override
          public void bytes(long doneBytes, long totalBytes) {}
        };
    try (ImageArchive archive = opened(twoImages().layoutTar())) {
      ImageManifest image = archive.images().get(0);
      assertEquals(
          Kind.CANCELLED, kindOf(() -> images.importImage(archive, image, "x", interrupted)));
    }
    assertTrue(store.all().stream().allMatch(info -> info.kind() == SnapshotKind.COMMITTED));
  }

  @Test
  void manyImportsOfTheSameAtOnce() throws Exception {
    int threads = 8;
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try (ImageArchive archive = opened(twoImages().layoutTar())) {
      List<Future<ImportResult>> futures = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int index = i % 2;
        String name = "image" + i % 4;
        Callable<ImportResult> importing =
            () -> {
              start.await();
              return importOne(archive, index, name);
            };
        futures.add(executor.submit(importing));
      }
      for (Future<ImportResult> future : futures) {
        future.get();
      }
    } finally {
      executor.shutdownNow();
    }
    assertEquals(3, store.applied.get(), "each layer was unpacked once");
    assertEquals(3, keys().size());
    assertEquals(4, images.images().size());
  }

  @Test
  void anotherProcessThatImportsTheSameLayerMayWin() throws IOException {
    // The other one commits the layer while ours is being unpacked.
    String chainId = Digest.ofBytes(base().bytes()).toString();
    store.beforeApply =
        () -> {
          if (store.find(chainId).isEmpty()) {
            driver.prepare("other", "", Map.of());
            driver.commit(chainId, "other", Map.of(ImageLabels.DIFF_ID, chainId));
          }
        };
    importAll(twoImages());
    assertEquals(3, keys().size());
    assertEquals(2, images.images().size());
  }

  @Test
  void layersThatAreRemovedMeanwhileAreImportedAgain() throws IOException {
    importAll(twoImages());
    images.remove("one");
    images.remove("two");
    try (ImageArchive archive = opened(twoImages().layoutTar())) {
      boolean[] removed = {false};
      ImportProgress remover =
          new ImportProgress() {
            @Override
            public void layer(int index, int count, String chainId, boolean isThere) {
              if (index == 1 && !removed[0]) {
                removed[0] = true;
                images.removeUnused();
              }
            }

            @Override
            public void bytes(long doneBytes, long totalBytes) {}
          };
      images.importImage(archive, archive.images().get(0), "one", remover);
    }
    assertEquals(2, images.layers().size());
  }

  @Test
  void aContainerBecomesAnImageAndGoesOn() throws IOException {
    String base = importAll(twoImages()).get(1).chainId();
    SnapshotInfo container = make("web", base);
    Files.writeString(store.tree("web").resolve("new"), "new");
    String chainId = images.commit(container, "web:1", "test");
    assertEquals("new", text(chainId, "new"));
    assertEquals("new", Files.readString(store.tree("web").resolve("new")));
    assertEquals(chainId, driver.stat("web").parent());
    assertEquals(container.labels(), driver.stat("web").labels());
    assertEquals(base, images.layer("web:1").parent());
    assertEquals(chainId, images.layer(chainId.substring(7, 15)).chainId());
    ImageConfig config = images.config("web:1");
    assertTrue(config.text().contains("A=b"));
    assertEquals("test", config.history().get(config.history().size() - 1).createdBy());

    String again = images.commit(driver.stat("web"), "web:1", "again");
    assertEquals(again, images.layer("web:1").chainId());
    assertEquals(List.of(), images.layer(chainId).imageNames());
    images.remove("web:1");
    images.remove("two");
    driver.remove("web");
    assertEquals(3, images.prune(again).size(), "two commits and the layer above the shared one");
  }

  @Test
  void aContainerKeepsTheConfigurationOfAnImageThatLostItsName() throws IOException {
    String base = importAll(twoImages()).get(1).chainId();
    String text = images.config("two").text();
    SnapshotInfo container = make("web", base);
    images.remove("two");
    assertEquals(text, images.config(base).text());
    images.commit(container, "web:1", "test");
    ImageConfig config = images.config("web:1");
    assertTrue(config.text().contains("A=b"), config.text());
    assertEquals(List.of("step 0", "step 1", "test"), madeLayers(config));
    importAll(twoImages());
    assertEquals(text, images.config("two").text());
    assertEquals(1, configs(base).size(), "the kept one is that of the name again");
  }

  @Test
  void aCommitOnALayerThatIsNoImageTellsHowThatWasMade() throws IOException {
    String two = importAll(twoImages()).get(0).chainId();
    images.commit(make("low", driver.stat(two).parent()), "low:1", "first");
    assertEquals(List.of("step 0", "first"), madeLayers(images.config("low:1")));
    images.commit(driver.stat("low"), "low:1", "second");
    assertEquals(List.of("step 0", "first", "second"), madeLayers(images.config("low:1")));
  }

  private static List<String> madeLayers(ImageConfig config) {
    return config.history().stream()
        .filter(entry -> !entry.hasNoLayer())
        .map(ImageConfig.HistoryEntry::createdBy)
        .toList();
  }

  private List<String> configs(String chainId) {
    return driver.stat(chainId).labels().keySet().stream()
        .filter(ImageLabels::isPieceOfConfig)
        .toList();
  }

  private SnapshotInfo make(String key, String parent) {
    driver.prepare(key, parent, Map.of("some", "label"));
    return driver.stat(key);
  }

  @Test
  void refusesNamesThatAreNone() throws IOException {
    try (ImageArchive archive = opened(twoImages().layoutTar())) {
      for (String name :
          new String[] {"", "a b", "sha256:00", "commit:00", "x\n", "x\u009b", "n".repeat(201)}) {
        assertEquals(Kind.INVALID_ARGUMENT, kindOf(() -> importOne(archive, 0, name)), name);
      }
    }
    assertEquals(List.of(), keys());
  }
}

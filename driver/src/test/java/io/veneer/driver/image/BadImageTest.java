// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.archive.ArchiveBuilder;
import io.veneer.driver.image.LayoutBuilder.Packing;
import io.veneer.driver.snapshot.SnapshotDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are damaged, incomplete or hostile: a clear error, and nothing half imported. */
class BadImageTest {
  @TempDir Path scratch;
  private FolderStore store;
  private StorageDriver driver;
  private Images images;
  private LayoutBuilder layout;
  private LayoutBuilder.Image image;

  @BeforeEach
  void open() throws IOException {
    store = new FolderStore(Files.createDirectory(scratch.resolve("store")));
    driver = new SnapshotDriver(store, Clock.systemUTC());
    images = new Images(driver, Clock.systemUTC());
    layout = new LayoutBuilder();
    byte[] noise = new byte[50_000];
    new Random(5).nextBytes(noise);
    image =
        layout
            .image()
            .layer(Packing.GZIP, new ArchiveBuilder().file("a", 0644, noise))
            .layer(Packing.ZSTD, new ArchiveBuilder().file("b", 0644, noise))
            .layer(Packing.PLAIN, new ArchiveBuilder().file("c", 0644, noise));
  }

  private String layerPath(int index) {
    return Blobs.path(Digest.parse((String) image.layers.get(index).get("digest")));
  }

  /** What importing says; nothing may stay but whole layers. */
  private DriverException importFails(Map<String, byte[]> files) throws IOException {
    return importFails(LayoutBuilder.tar(files));
  }

  private DriverException importFails(byte[] tar) throws IOException {
    Path file = Files.createTempFile(scratch, "image", ".tar");
    Files.write(file, tar);
    DriverException failure =
        assertThrows(DriverException.class, () -> importFirst(file), "it was imported");
    assertEquals(List.of(), images.images());
    assertTrue(store.all().stream().allMatch(LayerRecord::isLayer), store.all()::toString);
    assertTrue(failure.getMessage().indexOf('\n') < 0, failure.getMessage());
    return failure;
  }

  private void importFirst(Path file) {
    try (ImageArchive archive = ImageArchive.open(file, new Platform("linux", "amd64", ""))) {
      images.importImage(archive, archive.images().get(0), "image", ImportProgress.NONE);
    }
  }

  @Test
  void aGoodOneIsImported() throws IOException {
    Path file = scratch.resolve("good.tar");
    Files.write(file, image.named("good").layoutTar());
    importFirst(file);
    assertEquals(3, images.layers().size());
  }

  @Test
  void everyByteOfALayerIsChecked() throws IOException {
    Map<String, byte[]> files = new HashMap<>(image.named("x").layout());
    Random random = new Random(11);
    for (int layer = 0; layer < 3; layer++) {
      for (int i = 0; i < 8; i++) {
        byte[] damaged = files.get(layerPath(layer)).clone();
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        Map<String, byte[]> changed = new HashMap<>(files);
        changed.put(layerPath(layer), damaged);
        DriverException failure = importFails(changed);
        assertEquals(Kind.DATA_LOSS, failure.kind(), failure.getMessage());
        assertTrue(failure.getMessage().contains("digest"), failure.getMessage());
      }
    }
  }

  @Test
  void layersCutShortAndTooLong() throws IOException {
    Map<String, byte[]> files = new HashMap<>(image.named("x").layout());
    for (int layer = 0; layer < 3; layer++) {
      byte[] whole = files.get(layerPath(layer));
      for (int length : new int[] {0, 1, 100, whole.length / 2, whole.length - 1}) {
        Map<String, byte[]> changed = new HashMap<>(files);
        changed.put(layerPath(layer), Arrays.copyOf(whole, length));
        assertEquals(Kind.DATA_LOSS, importFails(changed).kind(), layer + " " + length);
      }
      Map<String, byte[]> changed = new HashMap<>(files);
      changed.put(layerPath(layer), Arrays.copyOf(whole, whole.length + 1));
      assertEquals(Kind.DATA_LOSS, importFails(changed).kind());
    }
  }

  @Test
  void aLayerThatIsNotTheOneOfTheConfiguration() throws IOException {
    image.diffIds.set(1, image.diffIds.get(0));
    DriverException failure = importFails(image.named("x").layout());
    assertEquals(Kind.DATA_LOSS, failure.kind());
    assertTrue(failure.getMessage().contains("archive of a layer"), failure.getMessage());
    assertEquals(1, images.layers().size());
  }

  @Test
  void theArchiveOfAllIsCutShort() throws IOException {
    byte[] tar = image.named("x").layoutTar();
    for (int length = 0; length < tar.length - 1024; length += 9_999) {
      DriverException failure = importFails(Arrays.copyOf(tar, length));
      assertTrue(
          failure.kind() == Kind.DATA_LOSS || failure.kind() == Kind.INVALID_ARGUMENT,
          failure.getMessage());
    }
  }

  @Test
  void missingFiles() throws IOException {
    Map<String, byte[]> files = new HashMap<>(image.named("x").layout());
    for (String path : files.keySet()) {
      if (!path.equals(OciLayout.MARK)) {
        images.removeUnused();
        Map<String, byte[]> changed = new HashMap<>(files);
        changed.remove(path);
        DriverException failure = importFails(changed);
        assertTrue(
            failure.kind() == Kind.NOT_FOUND || failure.kind() == Kind.INVALID_ARGUMENT,
            path + ": " + failure.getMessage());
      }
    }
  }

  @Test
  void damagedDocuments() throws IOException {
    Map<String, byte[]> files = new HashMap<>(image.named("x").layout());
    for (Map.Entry<String, byte[]> each : files.entrySet()) {
      if (each.getValue().length < 5_000 && !each.getKey().equals(OciLayout.MARK)) {
        Map<String, byte[]> changed = new HashMap<>(files);
        byte[] bytes = each.getValue().clone();
        bytes[bytes.length / 2] ^= 2;
        changed.put(each.getKey(), bytes);
        importFails(changed);
      }
    }
  }

  @Test
  void unknownMediaTypes() throws IOException {
    image.layers.get(1).put("mediaType", LayoutBuilder.OCI + "layer.v1.tar+gzip+encrypted");
    DriverException failure = importFails(image.named("x").layout());
    assertEquals(Kind.INVALID_ARGUMENT, failure.kind());
    assertTrue(failure.getMessage().contains("encrypted"), failure.getMessage());
  }

  @Test
  void whatIsNoImage() throws IOException {
    image.configType = "application/vnd.cncf.helm.config.v1+json";
    DriverException failure = importFails(image.named("x").layout());
    assertEquals(Kind.INVALID_ARGUMENT, failure.kind());
    assertTrue(failure.getMessage().contains("is this an image?"), failure.getMessage());
  }

  @Test
  void digestsThatArePaths() throws IOException {
    for (String digest :
        new String[] {"sha256:../../../../etc/passwd", "md5:00", "", "sha256:" + "A".repeat(64)}) {
      image.layers.get(0).put("digest", digest);
      LayoutBuilder one = image.named("x");
      assertEquals(Kind.INVALID_ARGUMENT, importFails(one.layout()).kind());
      one.manifests.clear();
    }
  }

  @Test
  void tooManyAndTooFewLayers() throws IOException {
    image.diffIds.remove(2);
    assertEquals(Kind.INVALID_ARGUMENT, importFails(image.named("x").layout()).kind());
  }

  @Test
  void noLayers() throws IOException {
    LayoutBuilder empty = new LayoutBuilder();
    assertEquals(Kind.INVALID_ARGUMENT, importFails(empty.image().named("x").layout()).kind());
  }

  @Test
  void choosesThePlatformInNestedLists() throws IOException {
    LayoutBuilder.Image arm =
        layout.image().layer(Packing.PLAIN, new ArchiveBuilder().file("arm", "arm"));
    arm.architecture = "arm64";
    nest(platform(arm.manifest(), "arm64"), platform(image.manifest(), "amd64"));
    Path file = scratch.resolve("nested.tar");
    Files.write(file, layout.layoutTar());
    importFirst(file);
    assertEquals(3, images.layers().size());
    try (ImageArchive archive = ImageArchive.open(file, Platform.parse("linux/arm64/v8"))) {
      assertEquals(1, archive.images().get(0).layers().size());
    }
    DriverException failure =
        assertThrows(
            DriverException.class, () -> ImageArchive.open(file, Platform.parse("linux/s390x")));
    assertEquals(Kind.NOT_FOUND, failure.kind());
    assertTrue(failure.getMessage().contains("linux/arm64"), failure.getMessage());
  }

  private static Map<String, Object> platform(Map<String, Object> descriptor, String name) {
    descriptor.put("platform", Map.of("os", "linux", "architecture", name));
    return descriptor;
  }

  private void nest(Object... manifests) {
    layout.manifests.add(
        layout.descriptor(
            LayoutBuilder.OCI + "index.v1+json",
            layout.json(Map.of("schemaVersion", 2, "manifests", List.of(manifests)))));
  }

  @Test
  void anImageForAnotherPlatformIsNotTakenUnasked() throws IOException {
    image.architecture = "arm64";
    DriverException failure = importFails(image.named("x").layout());
    assertEquals(Kind.NOT_FOUND, failure.kind());
    assertTrue(failure.getMessage().contains("linux/arm64"), failure.getMessage());
  }

  @Test
  void listsOfListsThatDoNotEnd() throws IOException {
    nest(image.manifest());
    for (int i = 0; i < 10; i++) {
      Object inner = layout.manifests.remove(0);
      nest(inner);
    }
    assertEquals(Kind.INVALID_ARGUMENT, importFails(layout.layout()).kind());
  }

  @Test
  void jsonThatIsDeepOrOfOtherTypes() throws IOException {
    for (String json :
        new String[] {
          "",
          "[]",
          "null",
          "{\"manifests\":{}}",
          "{\"manifests\":[1]}",
          "{\"manifests\":[{\"mediaType\":1}]}",
          "{\"manifests\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
          "{\"manifests\":[{\"mediaType\":\"a\",\"digest\":\"b\",\"size\":1e999999999}]}",
          "\u0000\u00ff"
        }) {
      Map<String, byte[]> files = new HashMap<>();
      files.put(OciLayout.INDEX, json.getBytes(StandardCharsets.UTF_8));
      assertEquals(Kind.INVALID_ARGUMENT, importFails(files).kind(), json);
    }
  }

  @Test
  void hostileLayersAreRefusedAndNothingStays() throws IOException {
    LayoutBuilder hostile = new LayoutBuilder();
    hostile
        .image()
        .layer(Packing.GZIP, new ArchiveBuilder().file("../escaped", "x"))
        .named("hostile");
    DriverException failure = importFails(hostile.layoutTar());
    assertEquals(Kind.INVALID_ARGUMENT, failure.kind());
    assertTrue(failure.getMessage().contains("../escaped"), failure.getMessage());
    assertEquals(List.of(), List.copyOf(store.all()));
  }

  @Test
  void linksInALayoutFolderLeadNowhere() throws IOException {
    Path folder = Files.createDirectory(scratch.resolve("layout"));
    Path secret = scratch.resolve("secret");
    Files.writeString(secret, "{}");
    Files.createSymbolicLink(folder.resolve("index.json"), secret);
    DriverException failure =
        assertThrows(
            DriverException.class,
            () -> ImageArchive.open(folder, new Platform("linux", "amd64", "")));
    assertEquals(Kind.INVALID_ARGUMENT, failure.kind());
  }

  @Test
  void filesThatAreNotThereOrNoImage() throws IOException {
    Platform platform = new Platform("linux", "amd64", "");
    Path missing = scratch.resolve("missing");
    assertEquals(
        Kind.NOT_FOUND,
        assertThrows(DriverException.class, () -> ImageArchive.open(missing, platform)).kind());
    Path text = scratch.resolve("text");
    Files.writeString(text, "no image at all");
    assertEquals(
        Kind.DATA_LOSS,
        assertThrows(DriverException.class, () -> ImageArchive.open(text, platform)).kind());
  }

  @Test
  void savedArchivesMayHaveLinksAndBeCompressed() throws IOException {
    byte[] tar = new ArchiveBuilder().file("same", "same").bytes();
    byte[] config =
        new LayoutBuilder()
            .image()
            .layer(Packing.PLAIN, tar)
            .layer(Packing.PLAIN, tar)
            .config()
            .getBytes(StandardCharsets.UTF_8);
    String configPath = Digest.ofBytes(config).hex() + ".json";
    String manifest =
        "[{\"Config\":\"" + configPath + "\",\"Layers\":[\"a/layer.tar\",\"b/layer.tar\"]}]";
    byte[] saved =
        new ArchiveBuilder()
            .file("a/layer.tar", 0644, tar)
            .link("b/layer.tar", "../a/layer.tar")
            .file(configPath, 0644, config)
            .file("manifest.json", manifest)
            .bytes();
    Path file = scratch.resolve("saved.tar.gz");
    Files.write(file, Packing.GZIP.pack(saved));
    importFirst(file);
    assertEquals(2, images.layers().size());
  }

  @Test
  void anImageMayComeThroughAPipe() throws Exception {
    image.named("good");
    byte[] tar = layout.layoutTar();
    for (Packing packing : Packing.values()) {
      Path pipe = scratch.resolve("pipe-" + packing);
      assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
      byte[] packed = packing.pack(tar);
      Thread writer = new Thread(() -> write(pipe, packed));
      writer.start();
      importFirst(pipe);
      writer.join();
    }
    assertEquals(3, images.layers().size());
  }

  private static void write(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whoMayNotReadAnImageIsTold() {
    IOException denied = new AccessDeniedException("/image/index.json");
    DriverException failure = DriverException.io("cannot read an image", denied);
    assertEquals(
        "cannot read an image reason=permission denied /image/index.json", failure.getMessage());
  }
}

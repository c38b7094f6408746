// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import com.github.luben.zstd.Zstd;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.veneer.driver.archive.ArchiveBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Makes images as OCI layouts or docker-save archives, file by file, so that tests can damage any
 * of them.
 */
final class LayoutBuilder {
  static final String OCI = "application/vnd.oci.image.";

  /** How a layer is stored. */
  enum Packing {
    PLAIN("layer.v1.tar"),
    GZIP("layer.v1.tar+gzip"),
    ZSTD("layer.v1.tar+zstd");

    final String type;

    Packing(String type) {
      this.type = OCI + type;
    }

    byte[] pack(byte[] tar) throws IOException {
      return switch (this) {
        case PLAIN -> tar;
        case ZSTD -> Zstd.compress(tar);
        case GZIP -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(tar);
          }
          yield bytes.toByteArray();
        }
      };
    }
  }

  /** Paths and contents. */
  final Map<String, byte[]> files = new TreeMap<>();

  final List<Object> manifests = new ArrayList<>();
  private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();

  /** One image in the making. */
  final class Image {
    final List<Map<String, Object>> layers = new ArrayList<>();
    final List<String> diffIds = new ArrayList<>();
    final List<byte[]> tars = new ArrayList<>();
    String architecture = "amd64";
    String configType = OCI + "config.v1+json";
    String environment = "A=b";

    Image layer(Packing packing, ArchiveBuilder archive) throws IOException {
      return layer(packing, archive.bytes());
    }

    Image layer(Packing packing, byte[] tar) throws IOException {
      tars.add(tar);
      diffIds.add(Digest.ofBytes(tar).toString());
      layers.add(descriptor(packing.type, packing.pack(tar)));
      return this;
    }

    String config() {
      Map<String, Object> config = new LinkedHashMap<>();
      config.put("architecture", architecture);
      config.put("os", "linux");
      config.put("created", "2024-01-02T03:04:05Z");
      config.put("config", Map.of("Env", List.of(environment)));
      config.put("rootfs", Map.of("type", "layers", "diff_ids", diffIds));
      List<Object> history = new ArrayList<>();
      for (int i = 0; i < diffIds.size(); i++) {
        history.add(Map.of("created", "2024-01-01T00:00:0" + i + "Z", "created_by", "step " + i));
        history.add(Map.of("created_by", "ENV", "empty_layer", true));
      }
      config.put("history", history);
      return gson.toJson(config);
    }

    Map<String, Object> manifest() {
      Map<String, Object> manifest = new LinkedHashMap<>();
      manifest.put("schemaVersion", 2);
      manifest.put("config", descriptor(configType, config().getBytes(StandardCharsets.UTF_8)));
      manifest.put("layers", layers);
      return descriptor(OCI + "manifest.v1+json", json(manifest));
    }

    /** Puts the image into the index. */
    LayoutBuilder named(String name) {
      Map<String, Object> descriptor = manifest();
      if (!name.isEmpty()) {
        descriptor.put("annotations", Map.of("org.opencontainers.image.ref.name", name));
      }
      manifests.add(descriptor);
      return LayoutBuilder.this;
    }

    /** Puts the image into a docker-save archive's manifest, as Docker 24 wrote it. */
    LayoutBuilder saved(String... names) {
      List<String> paths = new ArrayList<>();
      for (byte[] tar : tars) {
        String path = Digest.ofBytes((paths.size() + "x").getBytes()).hex() + "/layer.tar";
        files.put(path, tar);
        paths.add(path);
      }
      byte[] config = config().getBytes(StandardCharsets.UTF_8);
      String configPath = Digest.ofBytes(config).hex() + ".json";
      files.put(configPath, config);
      manifests.add(Map.of("Config", configPath, "RepoTags", List.of(names), "Layers", paths));
      return LayoutBuilder.this;
    }
  }

  Image image() {
    return new Image();
  }

  byte[] json(Object document) {
    return gson.toJson(document).getBytes(StandardCharsets.UTF_8);
  }

  /** Puts a blob into the layout and describes it. */
  Map<String, Object> descriptor(String mediaType, byte[] bytes) {
    Digest digest = Digest.ofBytes(bytes);
    files.put(Blobs.path(digest), bytes);
    Map<String, Object> descriptor = new LinkedHashMap<>();
    descriptor.put("mediaType", mediaType);
    descriptor.put("digest", digest.toString());
    descriptor.put("size", bytes.length);
    return descriptor;
  }

  /** The files of an OCI layout. */
  Map<String, byte[]> layout() {
    files.put(OciLayout.MARK, json(Map.of("imageLayoutVersion", "1.0.0")));
    files.put(OciLayout.INDEX, json(Map.of("schemaVersion", 2, "manifests", manifests)));
    return files;
  }

  /** A tar of an OCI layout. */
  byte[] layoutTar() {
    return tar(layout());
  }

  /** A docker-save archive, whose images were {@link Image#saved}. */
  byte[] savedTar() {
    files.keySet().removeIf(path -> path.startsWith("blobs/"));
    files.put(DockerSave.MANIFEST, json(manifests));
    return tar(files);
  }

  static byte[] tar(Map<String, byte[]> files) {
    ArchiveBuilder archive = new ArchiveBuilder();
    files.forEach((path, bytes) -> archive.file(path, 0644, bytes));
    return archive.bytes();
  }
}

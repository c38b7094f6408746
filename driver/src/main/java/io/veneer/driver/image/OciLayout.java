// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.image.ImageManifest.LayerBlob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads an OCI image layout, version 1.0.0: {@code index.json} lists manifests or further lists of
 * them (one manifest for each platform), a manifest names a configuration and layers, and all of
 * these are files under {@code blobs/} that are named after their digests.
 *
 * <p>The documents of Docker's registry form (schema 2), which differ in their media types only,
 * are taken as well. Digest and size of every file are checked.
 */
final class OciLayout {
  static final String INDEX = "index.json";
  static final String MARK = "oci-layout";

  private static final Set<String> INDEX_TYPES =
      Set.of(
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json");
  private static final Set<String> MANIFEST_TYPES =
      Set.of(
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.v2+json");
  private static final Set<String> CONFIG_TYPES =
      Set.of(
          "application/vnd.oci.image.config.v1+json",
          "application/vnd.docker.container.image.v1+json");
  private static final Set<String> LAYER_TYPES =
      Set.of(
          "application/vnd.oci.image.layer.v1.tar",
          "application/vnd.oci.image.layer.v1.tar+gzip",
          "application/vnd.oci.image.layer.v1.tar+zstd",
          "application/vnd.oci.image.layer.nondistributable.v1.tar",
          "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
          "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
          "application/vnd.docker.image.rootfs.diff.tar",
          "application/vnd.docker.image.rootfs.diff.tar.gzip",
          "application/vnd.docker.image.rootfs.diff.tar.zstd",
          "application/vnd.docker.image.rootfs.foreign.diff.tar",
          "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
  private static final List<String> NAME_ANNOTATIONS =
      List.of("io.containerd.image.name", "org.opencontainers.image.ref.name");
  private static final int NESTING_MAX = 4;

  private final Blobs blobs;
  private final Platform platform;

  OciLayout(Blobs blobs, Platform platform) {
    this.blobs = blobs;
    this.platform = platform;
  }

  /** The images; those of one name, or without one, are taken for the same on other platforms. */
  List<ImageManifest> images() throws IOException {
    Map<String, List<Descriptor>> byName = new LinkedHashMap<>();
    JsonView index = JsonView.parse(INDEX, blobs.document(INDEX));
    for (JsonView manifest : index.objects("manifests")) {
      Descriptor descriptor = Descriptor.read(manifest);
      byName.computeIfAbsent(descriptor.name(), name -> new ArrayList<>()).add(descriptor);
    }
    List<ImageManifest> images = new ArrayList<>();
    for (Map.Entry<String, List<Descriptor>> each : byName.entrySet()) {
      List<String> names = each.getKey().isEmpty() ? List.of() : List.of(each.getKey());
      images.add(manifest(names, choose(each.getValue(), 0)));
    }
    return images;
  }

  /** What a list says of a file. */
  private record Descriptor(
      String mediaType, Digest digest, long sizeBytes, Optional<Platform> platform, String name) {
    static Descriptor read(JsonView view) {
      Map<String, String> annotations = view.textMembers("annotations");
      String name =
          NAME_ANNOTATIONS.stream()
              .map(annotation -> annotations.getOrDefault(annotation, ""))
              .filter(each -> !each.isEmpty())
              .findFirst()
              .orElse("");
      return new Descriptor(
          view.requiredText("mediaType"),
          Digest.parse(view.requiredText("digest")),
          view.requiredSize("size"),
          view.object("platform").map(Platform::read),
          name);
    }

    boolean isOther(Platform wanted) {
      return platform.isPresent() && !wanted.isServedBy(platform.get());
    }
  }

  /** The manifest for the platform; lists are followed into lists. */
  private Descriptor choose(List<Descriptor> descriptors, int depth) throws IOException {
    Optional<Descriptor> chosen = find(descriptors, depth);
    return chosen.orElseThrow(
        () ->
            new DriverException(
                Kind.NOT_FOUND,
                "image has nothing for this platform; it has "
                    + descriptors.stream()
                        .flatMap(each -> each.platform.stream())
                        .map(each -> Shown.of(each.toString()))
                        .toList()
                    + " platform="
                    + platform));
  }

  private Optional<Descriptor> find(List<Descriptor> descriptors, int depth) throws IOException {
    if (depth > NESTING_MAX) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT, "image has lists of lists that do not end: depth=" + depth);
    }
    for (Descriptor descriptor : descriptors) {
      if (descriptor.isOther(platform)) {
        continue;
      }
      if (!INDEX_TYPES.contains(descriptor.mediaType)) {
        return Optional.of(descriptor);
      }
      JsonView index = document(descriptor);
      List<Descriptor> nested = index.objects("manifests").stream().map(Descriptor::read).toList();
      return Optional.of(choose(nested, depth + 1));
    }
    return Optional.empty();
  }

  private ImageManifest manifest(List<String> names, Descriptor descriptor) throws IOException {
    requireType(descriptor, MANIFEST_TYPES, "manifest");
    JsonView manifest = document(descriptor);
    Descriptor configDescriptor = Descriptor.read(manifest.requiredObject("config"));
    requireType(configDescriptor, CONFIG_TYPES, "configuration (is this an image?)");
    ImageConfig config = ImageConfig.parse(text(configDescriptor));
    requirePlatform(descriptor, config);
    List<LayerBlob> layers = new ArrayList<>();
    for (JsonView view : manifest.objects("layers")) {
      Descriptor layer = Descriptor.read(view);
      requireType(layer, LAYER_TYPES, "layer");
      layers.add(
          new LayerBlob(Blobs.path(layer.digest), Optional.of(layer.digest), layer.sizeBytes));
    }
    return ImageArchive.checked(new ImageManifest(names, config, layers));
  }

  /** A list that names no platforms may hold an image for another one. */
  private void requirePlatform(Descriptor descriptor, ImageConfig config) {
    boolean said = descriptor.platform.isPresent() || config.platform().os().isEmpty();
    if (!said && !platform.isServedBy(config.platform())) {
      throw new DriverException(
          Kind.NOT_FOUND,
          "image is for another platform; it is for "
              + Shown.of(config.platform().toString())
              + " platform="
              + platform);
    }
  }

  private static void requireType(Descriptor descriptor, Set<String> types, String what) {
    if (!types.contains(descriptor.mediaType)) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "image has a "
              + what
              + " of an unknown media type: mediaType="
              + Shown.of(descriptor.mediaType)
              + " digest="
              + descriptor.digest);
    }
  }

  private JsonView document(Descriptor descriptor) throws IOException {
    return JsonView.parse(descriptor.digest.toString(), text(descriptor));
  }

  private String text(Descriptor descriptor) throws IOException {
    String path = Blobs.path(descriptor.digest);
    long sizeBytes = blobs.sizeBytes(path);
    if (sizeBytes >= 0 && sizeBytes != descriptor.sizeBytes) {
      throw new DriverException(
          Kind.DATA_LOSS,
          "file of an image has a wrong size: path="
              + path
              + " bytes="
              + sizeBytes
              + " expectedBytes="
              + descriptor.sizeBytes);
    }
    return blobs.document(path, Optional.of(descriptor.digest));
  }
}

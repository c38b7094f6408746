// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.image.ImageManifest.LayerBlob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@code docker save} writes: {@code manifest.json} lists images with the files of their
 * configurations and layers. Up to Docker 24 a configuration is {@code HEX.json} and a layer {@code
 * ID/layer.tar}, which may be a link to another layer's; from 25 on they are files of an OCI
 * layout. The digest of the configuration is in its name; that of a layer is checked against the
 * configuration when it is unpacked, and against its name where that is one.
 */
final class DockerSave {
  static final String MANIFEST = "manifest.json";

  private static final Pattern HEX_NAME =
      Pattern.compile("(?:blobs/sha256/)?([0-9a-f]{64})(?:\\.json)?");

  private final Blobs blobs;

  DockerSave(Blobs blobs) {
    this.blobs = blobs;
  }

  List<ImageManifest> images() throws IOException {
    List<ImageManifest> images = new ArrayList<>();
    for (JsonView view : JsonView.parseList(MANIFEST, blobs.document(MANIFEST))) {
      images.add(image(view));
    }
    return images;
  }

  private ImageManifest image(JsonView view) throws IOException {
    String configPath = view.requiredText("Config");
    ImageConfig config = ImageConfig.parse(blobs.document(configPath, digestInName(configPath)));
    List<LayerBlob> layers =
        view.texts("Layers").stream()
            .map(path -> new LayerBlob(path, digestInName(path), -1))
            .toList();
    return ImageArchive.checked(new ImageManifest(view.texts("RepoTags"), config, layers));
  }

  private static Optional<Digest> digestInName(String path) {
    Matcher matcher = HEX_NAME.matcher(path);
    return matcher.matches()
        ? Optional.of(Digest.parse("sha256:" + matcher.group(1)))
        : Optional.empty();
  }
}

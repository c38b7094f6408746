// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.image.ImageManifest.LayerBlob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Images as they are carried about: an OCI image layout or what {@code docker save} writes, as a
 * folder or in a tar, which may be compressed with gzip or zstd.
 *
 * <p>Nothing in it is trusted: every document and layer is checked against its digest where one is
 * known, and paths lead nowhere but into the layout. Failures are {@link DriverException}s:
 * NOT_FOUND for what is missing, INVALID_ARGUMENT for what cannot be read, DATA_LOSS for what has
 * another digest or size than it should. Any thread may read; one closes.
 */
public final class ImageArchive implements AutoCloseable {
  private static final int LAYERS_MAX = 1000;

  private final Blobs blobs;
  private final List<ImageManifest> images;

  private ImageArchive(Blobs blobs, List<ImageManifest> images) {
    this.blobs = blobs;
    this.images = images;
  }

  /**
   * Opens images.
   *
   * @param path the folder or file
   * @param platform what they must be made for, where there is a choice
   * @return the images, to be closed
   * @throws DriverException if they cannot be read
   */
  public static ImageArchive open(Path path, Platform platform) {
    try {
      Blobs blobs = Files.isDirectory(path) ? new FolderBlobs(path) : TarBlobs.open(path);
      try {
        return new ImageArchive(blobs, read(blobs, path, platform));
      } catch (IOException | RuntimeException e) {
        closeAfter(blobs, e);
        throw e;
      }
    } catch (NoSuchFileException e) {
      throw new DriverException(Kind.NOT_FOUND, "no such file or folder: path=" + path, e);
    } catch (IOException e) {
      throw DriverException.io("cannot read an image: path=" + path, e);
    }
  }

  private static void closeAfter(Blobs blobs, Exception failure) {
    try {
      blobs.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private static List<ImageManifest> read(Blobs blobs, Path path, Platform platform)
      throws IOException {
    List<ImageManifest> images;
    if (blobs.sizeBytes(OciLayout.INDEX) >= 0) {
      images = new OciLayout(blobs, platform).images();
    } else if (blobs.sizeBytes(DockerSave.MANIFEST) >= 0) {
      images = new DockerSave(blobs).images();
    } else {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "no image: neither "
              + OciLayout.INDEX
              + " (OCI layout) nor "
              + DockerSave.MANIFEST
              + " (docker save) is there: path="
              + path);
    }
    if (images.isEmpty()) {
      throw new DriverException(Kind.INVALID_ARGUMENT, "layout has no images: path=" + path);
    }
    return images;
  }

  static ImageManifest checked(ImageManifest image) {
    if (image.layers().isEmpty() || image.layers().size() > LAYERS_MAX) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "image has no layers, or too many: layers="
              + image.layers().size()
              + " maxLayers="
              + LAYERS_MAX);
    }
    if (image.layers().size() != image.config().diffIds().size()) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "image has not as many layers as its configuration says: layers="
              + image.layers().size()
              + " diffIds="
              + image.config().diffIds().size());
    }
    return image;
  }

  /**
   * The images.
   *
   * @return at least one
   */
  public List<ImageManifest> images() {
    return images;
  }

  /**
   * Finds a layer's size as it is stored.
   *
   * @param layer one of an image's layers
   * @return bytes, -1 if its file is missing
   * @throws IOException if the host fails
   */
  long sizeBytes(LayerBlob layer) throws IOException {
    return layer.sizeBytes() >= 0 ? layer.sizeBytes() : blobs.sizeBytes(layer.path());
  }

  /** Opens a layer as it is stored, which is checked as it is read. */
  DigestStream open(LayerBlob layer) throws IOException {
    InputStream stream = blobs.openRequired(layer.path());
    return new DigestStream(
        stream, "layer " + Shown.of(layer.path()), layer.digest(), layer.sizeBytes());
  }

  @Override
  public void close() {
    try {
      blobs.close();
    } catch (IOException e) {
      throw DriverException.io("cannot close an image", e);
    }
  }
}

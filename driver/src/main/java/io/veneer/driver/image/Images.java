// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.StorageDriver;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The images of a driver.
 *
 * <p>A layer is a committed snapshot whose name is its chain id, so that images that begin with the
 * same layers share them. Which images there are, and their configurations, stands in the labels of
 * their topmost layers and nowhere else ({@link ImageLabels}); an image may have several names, and
 * several images the same topmost layer. Taking the last name from an image removes its layers,
 * from the top, as far as no other image or container stands on them.
 *
 * <p>Any thread; two imports, or an import and a removal, of the same layers at once do no harm.
 * There is one of these for a driver that is open, so that leftovers of killed processes can be
 * told from imports that run.
 */
public final class Images {
  private static final int NAME_BYTES_MAX = 200;

  /** What chain ids of commits begin with: there is no archive whose digest they could be. */
  private static final String COMMITTED = "commit:";

  private static final int ATTEMPTS_MAX = 5;
  private static final Pattern NAME = Pattern.compile("[^\\s\\p{Cc}]+");

  private final StorageDriver driver;
  private final Clock clock;
  private final LayerImport layerImport;
  private final ImageNames names;

  /**
   * The images of a driver.
   *
   * @param driver the driver, which no other such object has
   * @param clock for the times of names
   */
  public Images(StorageDriver driver, Clock clock) {
    this.driver = driver;
    this.layerImport = new LayerImport(driver);
    this.names = new ImageNames(driver, clock);
    this.clock = clock;
  }

  /** Removes what imports that were killed have left. Called before the first import. */
  public void removeLeftovers() {
    layerImport.removeLeftovers();
  }

  /**
   * Imports an image: brings the layers that are not there yet, and gives the topmost one the name.
   * An image that had this name before loses it.
   *
   * @param archive where it comes from
   * @param image which one
   * @param name what it is called from now on, see {@link #checkName}
   * @param progress hears how far it is
   * @return what was done
   * @throws DriverException NOT_FOUND if a layer's file is missing; DATA_LOSS for a wrong digest or
   *     size, or a damaged archive; INVALID_ARGUMENT for what cannot be read; RESOURCE_EXHAUSTED if
   *     there is no space; CANCELLED if the thread was interrupted. Layers that were complete by
   *     then stay and are used by the next attempt, or removed by {@link #removeUnused}
   */
  public ImportResult importImage(
      ImageArchive archive, ImageManifest image, String name, ImportProgress progress) {
    checkName(name);
    Map<String, String> configLabels = ImageLabels.ofConfig(image.config());
    for (int attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      // Somebody may remove a layer that was there a moment ago; then it is imported.
      Optional<ImportResult> result = importLayers(archive, image, name, progress);
      if (result.isPresent()
          && names.add(result.get().chainId(), name, image.config().digest(), configLabels)) {
        return result.get();
      }
    }
    throw new DriverException(
        Kind.UNAVAILABLE,
        "layers of the image are removed as fast as they are imported, try again later: name="
            + name);
  }

  /** Empty if a layer was removed meanwhile. */
  private Optional<ImportResult> importLayers(
      ImageArchive archive, ImageManifest image, String name, ImportProgress progress) {
    ImageConfig config = image.config();
    List<String> chainIds = config.chainIds();
    List<ImageConfig.HistoryEntry> history = config.layerHistory();
    int imported = 0;
    long contentBytes = 0;
    String parent = "";
    for (int i = 0; i < chainIds.size(); i++) {
      String chainId = chainIds.get(i);
      progress.layer(i, chainIds.size(), chainId, layerImport.isThere(chainId));
      LayerImport.Outcome outcome =
          layerImport.run(
              new LayerImport.Wanted(
                  archive,
                  image.layers().get(i),
                  chainId,
                  parent,
                  config.diffIds().get(i),
                  history.get(i)),
              progress);
      if (outcome.kind() == LayerImport.Outcome.Kind.PARENT_GONE) {
        return Optional.empty();
      }
      imported += outcome.kind() == LayerImport.Outcome.Kind.IMPORTED ? 1 : 0;
      contentBytes += outcome.contentBytes();
      parent = chainId;
    }
    return Optional.of(new ImportResult(name, parent, chainIds.size(), imported, contentBytes));
  }

  /**
   * Refuses what cannot be the name of an image: it has 1 to 200 bytes without blanks or control
   * characters, and does not look like a chain id.
   *
   * @param name the name
   * @throws DriverException INVALID_ARGUMENT
   */
  public static void checkName(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    boolean isChainId = name.startsWith("sha256:") || name.startsWith(COMMITTED);
    if (bytes > NAME_BYTES_MAX || !NAME.matcher(name).matches() || isChainId) {
      throw new DriverException(
          Kind.INVALID_ARGUMENT,
          "an image's name has 1 to "
              + NAME_BYTES_MAX
              + " bytes without blanks, and is no digest: name="
              + Shown.of(name));
    }
  }

  /**
   * Lists the images.
   *
   * @return one for each name, in the order of the names
   */
  public List<ImageRecord> images() {
    return names.all();
  }

  /**
   * Lists the layers of images.
   *
   * @return parents before children, what was made first before what was made later
   */
  public List<LayerRecord> layers() {
    return new LayerList(driver, names.all()).inOrder();
  }

  /**
   * Finds the topmost layer of an image.
   *
   * @param reference an image's name, a chain id, or the first digits of one (six at least)
   * @return the layer
   * @throws DriverException NOT_FOUND; INVALID_ARGUMENT if several begin so
   */
  public LayerRecord layer(String reference) {
    return new LayerList(driver, names.all()).find(reference);
  }

  /**
   * Reads the configuration of an image.
   *
   * @param reference an image's name, or as {@link #layer}, where the latest name of that layer
   *     counts, also if it has none any more
   * @return the configuration
   * @throws DriverException NOT_FOUND if there is no such image; DATA_LOSS if it is damaged
   */
  public ImageConfig config(String reference) {
    LayerRecord layer = layer(reference);
    Optional<ImageRecord> record =
        names.all().stream()
            .filter(each -> each.chainId().equals(layer.chainId()))
            .filter(each -> each.name().equals(reference))
            .findFirst();
    if (record.isPresent()) {
      return ImageLabels.config(record.get().configDigest(), driver.stat(layer.chainId()).labels());
    }
    return names
        .configOf(layer.chainId())
        .orElseThrow(
            () ->
                new DriverException(
                    Kind.NOT_FOUND,
                    "layer is not the topmost of an image: chainId=" + layer.chainId()));
  }

  /**
   * Makes an image of what a container has changed: its snapshot becomes a layer, without reading
   * or writing any of its files, and the container goes on with an empty one on top of it. The
   * image has the configuration of the one below, with one step more in its history. Of the thin
   * driver a crash, or a failure, leaves both as they were or both as they are then.
   *
   * @param container an active snapshot that nobody has mounted
   * @param name what the image is called from now on, see {@link #checkName}
   * @param createdBy what its history says
   * @return name of the new layer
   * @throws DriverException FAILED_PRECONDITION if the container is in use or not active
   */
  public String commit(SnapshotInfo container, String name, String createdBy) {
    checkName(name);
    String chainId = COMMITTED + Digest.ofText(UUID.randomUUID().toString()).hex();
    Instant now = clock.instant();
    ImageConfig config =
        CommittedConfig.of(
            names.configOf(container.parent()), layersOf(container.parent()), now, createdBy);
    Map<String, String> labels = new HashMap<>(ImageLabels.ofConfig(config));
    labels.put(ImageLabels.NAME_PREFIX + name, now + " " + config.digest());
    labels.put(ImageLabels.DIFF_ID, "");
    labels.put(ImageLabels.CREATED, now.toString());
    labels.put(ImageLabels.CREATED_BY, ImageLabels.cut(createdBy));
    driver.commitAndContinue(chainId, container.key(), labels);
    names.takeFromOthers(chainId, name);
    return chainId;
  }

  /** A layer and those below it, the lowest first. */
  private List<LayerRecord> layersOf(String top) {
    Deque<LayerRecord> layers = new ArrayDeque<>();
    Optional<SnapshotInfo> next = names.find(top).filter(LayerRecord::isLayer);
    while (next.isPresent()) {
      layers.push(LayerRecord.of(next.get(), List.of()));
      next =
          next.map(SnapshotInfo::parent)
              .filter(parent -> !parent.isEmpty())
              .flatMap(names::find)
              .filter(LayerRecord::isLayer);
    }
    return List.copyOf(layers);
  }

  /**
   * Takes a name from an image, and removes the layers that then nobody uses.
   *
   * @param name the image's name
   * @return chain ids of the layers that were removed, the topmost first
   * @throws DriverException NOT_FOUND if there is no such image
   */
  public List<String> remove(String name) {
    String chainId = names.remove(name);
    return prune(chainId);
  }

  /**
   * Removes a layer and the layers below it, as far as nobody uses them.
   *
   * @param chainId the topmost
   * @return chain ids of the layers that were removed, the topmost first
   */
  public List<String> prune(String chainId) {
    return driver.removeChain(
        chainId, layer -> LayerRecord.isLayer(layer) && !ImageNames.hasName(layer));
  }

  /**
   * Removes all layers that no image and no container uses: what failed imports have left.
   *
   * @return chain ids of the layers that were removed
   */
  public List<String> removeUnused() {
    List<String> removed = new ArrayList<>();
    List<LayerRecord> layers = new ArrayList<>(layers());
    for (int i = layers.size() - 1; i >= 0; i--) {
      if (layers.get(i).imageNames().isEmpty()) {
        removed.addAll(prune(layers.get(i).chainId()));
      }
    }
    return removed;
  }
}

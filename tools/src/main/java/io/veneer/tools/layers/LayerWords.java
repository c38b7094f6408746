// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.layers;

/** The names of the requests about layers and containers, and of what is in them. */
public final class LayerWords {
  /** Imports images: path, name, image, platform; tells progress. */
  public static final String IMPORT = "layer.import";

  /** Lists images. */
  public static final String LIST = "layer.list";

  /** Lists layers, parents first. */
  public static final String TREE = "layer.tree";

  /** Tells how an image was made: name. */
  public static final String HISTORY = "layer.history";

  /** Tells sizes: names, ifRemoved. */
  public static final String SIZE = "layer.size";

  /** Removes images and layers: names, unused. */
  public static final String REMOVE = "layer.remove";

  /** Makes a container: name, image, and perhaps sizeBytes. */
  public static final String CREATE = "container.create";

  /** Lists containers. */
  public static final String CONTAINERS = "container.list";

  /** Shows a container as a folder: name. */
  public static final String MOUNT = "container.mount";

  /** Ends that: name. */
  public static final String UNMOUNT = "container.unmount";

  /** Makes an image of a container: name, image. */
  public static final String COMMIT = "container.commit";

  /** Removes containers: names. */
  public static final String REMOVE_CONTAINERS = "container.remove";

  /** Member: a name. */
  public static final String NAME = "name";

  /** Member: several names. */
  public static final String NAMES = "names";

  /** Member: a path of the host. */
  public static final String PATH = "path";

  /** Member: the name of an image. */
  public static final String IMAGE = "image";

  /** Member: several images. */
  public static final String IMAGES = "images";

  /** Member: what an image is made for. */
  public static final String PLATFORM = "platform";

  /** Member: names to think away. */
  public static final String IF_REMOVED = "ifRemoved";

  /** Member: layers that nobody uses. */
  public static final String UNUSED = "unused";

  /** Member: the name of a layer in the pool. */
  public static final String CHAIN_ID = "chainId";

  /** Member: the layer below. */
  public static final String PARENT = "parent";

  /** Member: several layers. */
  public static final String LAYERS = "layers";

  /** Member: layers that were not there before. */
  public static final String IMPORTED_LAYERS = "importedLayers";

  /** Member: sizes of the files in a layer's archive. */
  public static final String CONTENT_BYTES = "contentBytes";

  /** Member: size of a container's volume. */
  public static final String SIZE_BYTES = "sizeBytes";

  /** Member: blocks of a device, shared ones included. */
  public static final String VIRTUAL_BYTES = "virtualBytes";

  /** Member: blocks that nobody else has. */
  public static final String OWN_BYTES = "ownBytes";

  /** Member: blocks of all together, shared ones counted once. */
  public static final String TOTAL_BYTES = "totalBytes";

  /** Member: what removal would give back. */
  public static final String FREED_BYTES = "freedBytes";

  /** Member: what would be removed. */
  public static final String REMOVED = "removed";

  /** Member: why something would stay. */
  public static final String STAYS = "stays";

  /** Member: when something was made. */
  public static final String CREATED = "created";

  /** Member: by what something was made. */
  public static final String CREATED_BY = "createdBy";

  /** Member: what the maker says of it. */
  public static final String COMMENT = "comment";

  /** Member: the digest of a layer's archive. */
  public static final String DIFF_ID = "diffId";

  /** Member: containers. */
  public static final String CONTAINER_LIST = "containers";

  /** Member: what a row is about, image or container. */
  public static final String KIND = "kind";

  /** Member: a list of rows. */
  public static final String ROWS = "rows";

  /** Member: number of a layer, from 0. */
  public static final String INDEX = "index";

  /** Member: whether something is there already. */
  public static final String IS_THERE = "isThere";

  /** Member: bytes done. */
  public static final String DONE_BYTES = "doneBytes";

  private LayerWords() {}
}

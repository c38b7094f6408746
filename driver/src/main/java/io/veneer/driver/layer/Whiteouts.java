// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.NodeType;
import io.veneer.driver.host.FileStatus;
import io.veneer.driver.host.HostFiles;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.host.OverlayMarks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * How a branch hides what older branches have: a whiteout hides one name, an opaque folder hides
 * all that older branches have in it. Stateless; any thread.
 */
public enum Whiteouts {
  /** Nothing is ever hidden: a tree that stands alone. */
  NONE("") {
    @Override
    public boolean hides(Path folder, String name) {
      return false;
    }

    @Override
    public boolean isOpaque(Path folder) {
      return false;
    }

    @Override
    void hide(Path folder, String name, Path staged) {
      throw new IllegalStateException("nothing is below folder=" + folder + " name=" + name);
    }

    @Override
    void markOpaque(Path folder) {
      throw new IllegalStateException("nothing is below folder=" + folder);
    }

    @Override
    void removeOpaque(Path folder) {
      throw new IllegalStateException("nothing is below folder=" + folder);
    }

    @Override
    void reveal(Path staged, Path folder, String name) throws IOException {
      HostNodes.rename(staged, folder.resolve(name));
    }
  },

  /**
   * As overlayfs mounted by root: a whiteout is a character device 0/0 in the name's place, an
   * opaque folder carries the attribute {@code trusted.overlay.opaque} with value y, which only
   * root may read and write.
   */
  OVERLAY("#") {
    @Override
    public boolean hides(Path folder, String name) throws IOException {
      return isOverlayWhiteout(folder.resolve(name));
    }

    @Override
    public boolean isOpaque(Path folder) throws IOException {
      return hasOverlayMark(folder, OverlayMarks.ROOT_PREFIX);
    }

    @Override
    void hide(Path folder, String name, Path staged) throws IOException {
      hideByDevice(folder, name, staged);
    }

    @Override
    void markOpaque(Path folder) throws IOException {
      HostNodes.setAttribute(folder, OverlayMarks.ROOT_PREFIX + OPAQUE, YES);
    }

    @Override
    void removeOpaque(Path folder) throws IOException {
      HostNodes.removeAttribute(folder, OverlayMarks.ROOT_PREFIX + OPAQUE);
    }

    @Override
    void reveal(Path staged, Path folder, String name) throws IOException {
      revealByRename(staged, folder.resolve(name));
    }
  },

  /**
   * As overlayfs mounted with the option userxattr: the attribute is {@code user.overlay.opaque},
   * for which nobody must be root.
   */
  OVERLAY_USER("#") {
    @Override
    public boolean hides(Path folder, String name) throws IOException {
      return isOverlayWhiteout(folder.resolve(name));
    }

    @Override
    public boolean isOpaque(Path folder) throws IOException {
      return hasOverlayMark(folder, OverlayMarks.USER_PREFIX);
    }

    @Override
    void hide(Path folder, String name, Path staged) throws IOException {
      hideByDevice(folder, name, staged);
    }

    @Override
    void markOpaque(Path folder) throws IOException {
      HostNodes.setAttribute(folder, OverlayMarks.USER_PREFIX + OPAQUE, YES);
    }

    @Override
    void removeOpaque(Path folder) throws IOException {
      HostNodes.removeAttribute(folder, OverlayMarks.USER_PREFIX + OPAQUE);
    }

    @Override
    void reveal(Path staged, Path folder, String name) throws IOException {
      revealByRename(staged, folder.resolve(name));
    }
  },

  /** As aufs: {@code .wh.NAME} beside the name, {@code .wh..wh..opq} in an opaque folder. */
  AUFS("") {
    @Override
    public boolean hides(Path folder, String name) {
      return exists(folder.resolve(AUFS_PREFIX + name));
    }

    @Override
    public boolean isOpaque(Path folder) {
      return exists(folder.resolve(AUFS_OPAQUE));
    }

    /** The whiteout first: what is there beside one is hidden already. */
    @Override
    void hide(Path folder, String name, Path staged) throws IOException {
      if (!hides(folder, name)) {
        Files.createFile(folder.resolve(AUFS_PREFIX + name));
      }
      HostFiles.deleteTree(folder.resolve(name));
    }

    /** The mark is no change of the folder, so that its times stay. */
    @Override
    void markOpaque(Path folder) throws IOException {
      if (!isOpaque(folder)) {
        FileStatus before = FileStatus.of(folder);
        Files.createFile(folder.resolve(AUFS_OPAQUE));
        HostNodes.setTimes(folder, before.accessed(), before.modified());
      }
    }

    @Override
    void removeOpaque(Path folder) throws IOException {
      Files.delete(folder.resolve(AUFS_OPAQUE));
    }

    @Override
    void reveal(Path staged, Path folder, String name) throws IOException {
      HostNodes.rename(staged, folder.resolve(name));
      Files.deleteIfExists(folder.resolve(AUFS_PREFIX + name));
    }

    @Override
    boolean reserves(String name) {
      return name.startsWith(AUFS_PREFIX);
    }

    @Override
    boolean isMark(Path folder, String name) {
      return reserves(name);
    }

    @Override
    String hiddenBy(String mark) {
      return mark.substring(AUFS_PREFIX.length());
    }
  };

  private static final String OPAQUE = "opaque";
  private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);
  private static final String AUFS_PREFIX = ".wh.";
  private static final String AUFS_OPAQUE = ".wh..wh..opq";
  private static final int NO_PERMISSIONS = 0;
  private static final String STAGED = "copyup.";

  private final String stagingPrefix;

  Whiteouts(String stagingPrefix) {
    this.stagingPrefix = stagingPrefix;
  }

  /**
   * The form of overlayfs that this process can read and write.
   *
   * @return {@link #OVERLAY} for root
   */
  public static Whiteouts overlay() {
    return HostNodes.isRoot() ? OVERLAY : OVERLAY_USER;
  }

  /**
   * Tells whether a folder of a branch says that a name is gone, there and below.
   *
   * @param folder a folder of a branch
   * @param name the name
   * @return whether it is hidden
   * @throws IOException if the host fails
   */
  public abstract boolean hides(Path folder, String name) throws IOException;

  /**
   * Tells whether a folder of a branch hides the whole folder of that name below.
   *
   * @param folder a folder of a branch
   * @return whether nothing below shows through
   * @throws IOException if the host fails
   */
  public abstract boolean isOpaque(Path folder) throws IOException;

  /**
   * Hides a name, and takes what the folder has under it away.
   *
   * @param folder a folder of the first branch
   * @param name the name
   * @param staged a free name in the staging folder
   */
  abstract void hide(Path folder, String name, Path staged) throws IOException;

  /** Makes a folder of the first branch hide what is below. */
  abstract void markOpaque(Path folder) throws IOException;

  /** Takes the mark of {@link #markOpaque} away. */
  abstract void removeOpaque(Path folder) throws IOException;

  /**
   * Makes what was put together in the staging folder appear under a name, in the place of a
   * whiteout or of a file that is there.
   */
  abstract void reveal(Path staged, Path folder, String name) throws IOException;

  /** Whether a name belongs to the layout and can be no file of a layer. */
  boolean reserves(String name) {
    return false;
  }

  /** Whether a name in a folder of a branch is no file but a note of the layout. */
  boolean isMark(Path folder, String name) throws IOException {
    return hides(folder, name);
  }

  /** The name that such a note hides. */
  String hiddenBy(String mark) {
    return mark;
  }

  /** Whether this device is how a whiteout looks, and must not be made as a file. */
  boolean isReservedDevice(NodeType type, long deviceNumber) {
    return (this == OVERLAY || this == OVERLAY_USER)
        && type == NodeType.CHARACTER_DEVICE
        && deviceNumber == 0;
  }

  /** A name that nobody sees in the staging folder. */
  String stagingName(long number) {
    return stagingPrefix + STAGED + number;
  }

  private static boolean isOverlayWhiteout(Path path) throws IOException {
    Optional<FileStatus> status = FileStatus.find(path);
    return status.isPresent()
        && status.get().type() == NodeType.CHARACTER_DEVICE
        && status.get().deviceNumber() == 0;
  }

  private static boolean hasOverlayMark(Path folder, String prefix) throws IOException {
    return HostNodes.attribute(folder, prefix + OPAQUE)
        .map(value -> Arrays.equals(value, YES))
        .orElse(false);
  }

  /** The whiteout takes the place in one step; a folder is exchanged, as none can be replaced. */
  private static void hideByDevice(Path folder, String name, Path staged) throws IOException {
    Path place = folder.resolve(name);
    HostNodes.make(staged, NodeType.CHARACTER_DEVICE, NO_PERMISSIONS, 0);
    if (Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
      HostNodes.exchange(staged, place);
      HostFiles.deleteTree(staged);
    } else {
      HostNodes.rename(staged, place);
    }
  }

  private static void revealByRename(Path staged, Path place) throws IOException {
    boolean replacesWhiteout = isOverlayWhiteout(place);
    if (replacesWhiteout && Files.isDirectory(staged, LinkOption.NOFOLLOW_LINKS)) {
      HostNodes.exchange(staged, place);
      Files.delete(staged);
    } else {
      HostNodes.rename(staged, place);
    }
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}

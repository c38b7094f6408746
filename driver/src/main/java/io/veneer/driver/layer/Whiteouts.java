// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;

/**
 * How a branch hides what older branches have: a whiteout hides one name, an opaque folder hides
 * all that older branches have in it. Stateless; any thread.
 */
public enum Whiteouts {
  /** Nothing is ever hidden: a tree that stands alone. */
  NONE("") {
    @Override
    boolean hides(Path folder, String name) {
      return false;
    }

    @Override
    boolean isOpaque(Path folder) {
      return false;
    }
  },

  /**
   * As overlayfs: a whiteout is a character device 0/0 in the name's place, an opaque folder
   * carries the attribute {@code user.overlay.opaque} with value y. (Mounts made by root write
   * {@code trusted.overlay.opaque}, which only root may read; such trees are not read here.)
   */
  OVERLAY("#") {
    @Override
    boolean hides(Path folder, String name) throws IOException {
      try {
        Path path = folder.resolve(name);
        return isCharacterDevice((int) attribute(path, "unix:mode"))
            && (long) attribute(path, "unix:rdev") == 0;
      } catch (NoSuchFileException e) {
        return false;
      }
    }

    @Override
    boolean isOpaque(Path folder) throws IOException {
      UserDefinedFileAttributeView view =
          Files.getFileAttributeView(folder, UserDefinedFileAttributeView.class);
      if (view == null || !view.list().contains(OPAQUE_ATTRIBUTE)) {
        return false;
      }
      ByteBuffer value = ByteBuffer.allocate(view.size(OPAQUE_ATTRIBUTE));
      view.read(OPAQUE_ATTRIBUTE, value);
      return StandardCharsets.US_ASCII.decode(value.flip()).toString().equals("y");
    }
  },

  /** As aufs: {@code .wh.NAME} beside the name, {@code .wh..wh..opq} in an opaque folder. */
  AUFS(".wh..wh.") {
    @Override
    boolean hides(Path folder, String name) {
      return exists(folder.resolve(AUFS_PREFIX + name));
    }

    @Override
    boolean isOpaque(Path folder) {
      return exists(folder.resolve(AUFS_OPAQUE));
    }

    @Override
    boolean reserves(String name) {
      return name.startsWith(AUFS_PREFIX);
    }
  };

  private static final String OPAQUE_ATTRIBUTE = "overlay.opaque";
  private static final String AUFS_PREFIX = ".wh.";
  private static final String AUFS_OPAQUE = ".wh..wh..opq";
  private static final int FILE_TYPE = 0170000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final String STAGED = "copyup.";

  private final String stagingPrefix;

  Whiteouts(String stagingPrefix) {
    this.stagingPrefix = stagingPrefix;
  }

  /** Whether a folder of a branch says that a name is gone below. */
  abstract boolean hides(Path folder, String name) throws IOException;

  /** Whether a folder of a branch hides the whole folder of that name below. */
  abstract boolean isOpaque(Path folder) throws IOException;

  /** Whether a name belongs to the layout and can be no file of a layer. */
  boolean reserves(String name) {
    return false;
  }

  /** A name that nobody sees in the staging folder. */
  String stagingName(long number) {
    return stagingPrefix + STAGED + number;
  }

  /**
   * Tells whether a file in a staging folder is a copy that a crash left half-made.
   *
   * @param name a file's name
   * @return whether it can be removed when the driver is opened
   */
  public boolean isStagingName(String name) {
    return name.startsWith(stagingPrefix + STAGED);
  }

  private static Object attribute(Path path, String name) throws IOException {
    return Files.getAttribute(path, name, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isCharacterDevice(int mode) {
    return (mode & FILE_TYPE) == CHARACTER_DEVICE;
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }
}

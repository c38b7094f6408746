// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What becomes of an archive's whiteouts. In the archive, {@code .wh.NAME} says that NAME of the
 * layers below is gone, and {@code .wh..wh..opq} that all they have in that folder is gone.
 */
public enum WhiteoutForm {
  /** The folder shows all layers together: what a whiteout names is removed from it. */
  REMOVE {
    @Override
    void hide(OpenFolder folder, String name) {
      throw new AssertionError("nothing is marked in a whole tree");
    }

    @Override
    boolean reveal(OpenFolder folder, String name) {
      return false;
    }

    @Override
    void setOpaque(OpenFolder folder) {
      throw new AssertionError("nothing is marked in a whole tree");
    }
  },

  /**
   * The folder is one layer of a mounted overlayfs: character device 0/0 in the name's place, and
   * {@code trusted.overlay.opaque}, for which one must be root.
   */
  OVERLAY {
    @Override
    void hide(OpenFolder folder, String name) throws IOException {
      hideByDevice(folder, name);
    }

    @Override
    boolean reveal(OpenFolder folder, String name) throws IOException {
      return revealByDevice(folder, name);
    }

    @Override
    void setOpaque(OpenFolder folder) throws IOException {
      folder.attributes("").set("trusted.overlay.opaque", YES);
    }
  },

  /** As OVERLAY, with {@code user.overlay.opaque}, as overlayfs takes it of users. */
  OVERLAY_USER {
    @Override
    void hide(OpenFolder folder, String name) throws IOException {
      hideByDevice(folder, name);
    }

    @Override
    boolean reveal(OpenFolder folder, String name) throws IOException {
      return revealByDevice(folder, name);
    }

    @Override
    void setOpaque(OpenFolder folder) throws IOException {
      folder.attributes("").set("user.overlay.opaque", YES);
    }
  },

  /** The folder is one branch of aufs: the marks of the archive are files. */
  AUFS {
    @Override
    void hide(OpenFolder folder, String name) throws IOException {
      makeMark(folder, Whiteout.PREFIX + name);
    }

    @Override
    boolean reveal(OpenFolder folder, String name) throws IOException {
      boolean hidden = folder.status(Whiteout.PREFIX + name).isPresent();
      if (hidden) {
        folder.remove(Whiteout.PREFIX + name);
      }
      return hidden;
    }

    @Override
    void setOpaque(OpenFolder folder) throws IOException {
      makeMark(folder, Whiteout.OPAQUE);
    }
  };

  private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

  /** Marks a name, which is not there, as gone in the layers below. */
  abstract void hide(OpenFolder folder, String name) throws IOException;

  /** Takes the mark of a name away; false if there was none. */
  abstract boolean reveal(OpenFolder folder, String name) throws IOException;

  /** Marks all that the layers below have in a folder as gone. */
  abstract void setOpaque(OpenFolder folder) throws IOException;

  private static void hideByDevice(OpenFolder folder, String name) throws IOException {
    folder.makeNode(name, FileStatus.CHARACTER_DEVICE, DeviceNumber.NONE);
  }

  private static boolean revealByDevice(OpenFolder folder, String name) throws IOException {
    Optional<FileStatus> status = folder.status(name);
    boolean hidden = status.isPresent() && status.get().isWhiteout();
    if (hidden) {
      folder.remove(name);
    }
    return hidden;
  }

  private static void makeMark(OpenFolder folder, String name) throws IOException {
    if (folder.status(name).isEmpty()) {
      folder.makeFile(name).close();
    }
  }
}

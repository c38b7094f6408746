// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import io.veneer.driver.host.HostProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The file systems that a volume can hold, and what is special about each.
 *
 * <p>None notes when a file was read last: a container that reads its image would copy the blocks
 * of the image's inodes.
 */
public enum VolumeKind {
  /** The default: the only one that containers' layers are compared by blocks on. */
  EXT4(
      List.of("-q", "-F", "-m", "0", "-E", "nodiscard,lazy_itable_init=0,lazy_journal_init=0"),
      List.of("discard", "noatime"),
      List.of("discard")) {
    @Override
    void finish(Path image) throws IOException {
      // Layers are compared with trees that have no such folder.
      HostProgram.require("debugfs").runOrFail("-w", "-R", "rmdir /lost+found", image.toString());
    }

    @Override
    void growUnmounted(Path device) throws IOException {
      // Growing it while it is mounted needs a capability that containers often lack. Forced, as
      // it would else ask for a whole check, which a volume that was unmounted does not need.
      HostProgram.require("resize2fs").runOrFail("-f", device.toString());
    }
  },

  /** Clones have the same identity, which xfs must be told to bear. */
  XFS(
      List.of("-q", "-K"),
      List.of("discard", "noatime", "nouuid"),
      List.of("nouuid", "norecovery")) {
    @Override
    void finish(Path image) {
      // Nothing is in a new one that does not belong there.
    }

    @Override
    void growMounted(Path mounted) throws IOException {
      HostProgram.require("xfs_growfs").runOrFail(mounted.toString());
    }
  },

  /**
   * The kernel takes two volumes of one identity for one file system, so that only one layer can be
   * mounted at a time unless each gets its own; which they do when they are first mounted.
   */
  BTRFS(List.of("-q", "-K"), List.of("discard", "noatime"), List.of()) {
    @Override
    void finish(Path image) {
      // Nothing is in a new one that does not belong there.
    }

    @Override
    void growMounted(Path mounted) throws IOException {
      HostProgram.require("btrfs").runOrFail("filesystem", "resize", "max", mounted.toString());
    }
  };

  private static final long MIB = 1 << 20;

  private final List<String> makeOptions;
  private final List<String> mountOptions;
  private final List<String> viewOptions;

  VolumeKind(List<String> makeOptions, List<String> mountOptions, List<String> viewOptions) {
    this.makeOptions = makeOptions;
    this.mountOptions = mountOptions;
    this.viewOptions = viewOptions;
  }

  /** The kind of a name that mount(8) knows. */
  static VolumeKind of(String typeName) {
    return valueOf(typeName.toUpperCase(Locale.ROOT));
  }

  /** Below this its mkfs makes none. */
  long sizeBytesMin() {
    return switch (this) {
      case EXT4 -> 4 * MIB;
      case XFS -> 320 * MIB;
      case BTRFS -> 128 * MIB;
    };
  }

  /**
   * The name that mount(8) knows it by.
   *
   * @return in small letters
   */
  public String typeName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Makes an empty file system in a file, as a layer without a parent has it.
   *
   * @param image a file as large as the file system is to be, which may be one hole
   * @param moreOptions options for mkfs besides the usual ones
   * @throws IOException if this machine cannot make one
   */
  public void make(Path image, List<String> moreOptions) throws IOException {
    List<String> arguments = new ArrayList<>(makeOptions);
    arguments.addAll(moreOptions);
    arguments.add(image.toString());
    try {
      HostProgram.require("mkfs." + typeName()).runOrFail(arguments.toArray(String[]::new));
    } catch (IOException e) {
      throw withAdvice(e);
    }
    finish(image);
  }

  /** What mkfs.btrfs finds with whatever is mounted anywhere on the machine. */
  private static IOException withAdvice(IOException failure) {
    if (!failure.getMessage().contains("Transport endpoint is not connected")) {
      return failure;
    }
    return new IOException(
        "a file system is mounted whose disk has lost its server; start that server again, or"
            + " unmount what losetup --list shows to be on it: "
            + failure.getMessage(),
        failure);
  }

  /**
   * The options of a mount, those of the file system first.
   *
   * @param readOnly whether nothing is to be written
   * @param moreOptions options besides the usual ones
   * @return all of them
   */
  public List<String> mountOptions(boolean readOnly, List<String> moreOptions) {
    List<String> options = new ArrayList<>(List.of(readOnly ? "ro" : "rw"));
    options.addAll(readOnly ? viewOptions : mountOptions);
    options.addAll(moreOptions);
    return options;
  }

  /** Takes out of a new file system what a layer must not have. */
  abstract void finish(Path image) throws IOException;

  /** Makes a file system as large as its device, if that is done before it is mounted. */
  void growUnmounted(Path device) throws IOException {
    // The others are grown when they are mounted.
  }

  /** Makes a mounted file system as large as its device, if that is done then. */
  void growMounted(Path mounted) throws IOException {
    // Then it was grown before.
  }
}

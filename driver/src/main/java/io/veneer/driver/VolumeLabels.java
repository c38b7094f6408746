// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import io.veneer.driver.DriverException.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Labels with which a snapshot is prepared, and which say what its volume shall be. Drivers with
 * {@link Capability#VOLUME} heed them, others keep them as they keep all labels.
 *
 * <p>What makes a file system counts where there is no parent; all other volumes take after theirs.
 * Options that name files are refused: a label must not make the host read them.
 */
public final class VolumeLabels {
  /** How large the volume shall be, in bytes. */
  public static final String SIZE = "veneer.io/size";

  /** Containerd's word for the same; the one before counts more. */
  public static final String SIZE_MAX = "containerd.io/snapshot/max-size";

  /** One of {@link #FILE_SYSTEMS}. */
  public static final String FILE_SYSTEM = "veneer.io/fs";

  /** More options of mkfs, with blanks between them. */
  public static final String MAKE_OPTIONS = "veneer.io/mkfs-options";

  /** More options of each mount, with commas between them. */
  public static final String MOUNT_OPTIONS = "veneer.io/mount-options";

  /** The file systems that a volume can have. */
  public static final List<String> FILE_SYSTEMS = List.of("ext4", "xfs", "btrfs");

  private static final Pattern MAKE_WORD = Pattern.compile("[-+A-Za-z0-9_^=,.:]{1,255}");
  private static final Pattern MOUNT_WORD = Pattern.compile("[A-Za-z][-A-Za-z0-9_^=.:]{0,254}");

  /** Options that say what is mounted, which is not for labels to say. */
  private static final Set<String> NOT_FOR_MOUNTS = Set.of("ro", "rw", "bind", "rbind", "remount");

  private VolumeLabels() {}

  /**
   * Refuses labels that no driver of volumes could heed.
   *
   * @param labels all labels of a snapshot; those that are not ours are passed over
   * @throws DriverException INVALID_ARGUMENT, with what is wrong
   */
  public static void check(Map<String, String> labels) {
    fileSystem(labels.getOrDefault(FILE_SYSTEM, FILE_SYSTEMS.get(0)));
    makeOptions(labels.getOrDefault(MAKE_OPTIONS, ""));
    mountOptions(labels.getOrDefault(MOUNT_OPTIONS, ""));
  }

  /**
   * Reads the name of a file system.
   *
   * @param text what was given
   * @return one of {@link #FILE_SYSTEMS}
   * @throws DriverException INVALID_ARGUMENT if it is none of them
   */
  public static String fileSystem(String text) {
    if (!FILE_SYSTEMS.contains(text)) {
      throw wrong("no such file system, there are " + String.join(", ", FILE_SYSTEMS), text);
    }
    return text;
  }

  /**
   * Reads options of mkfs.
   *
   * @param text the options with blanks between them
   * @return the options; none if the text is blank
   * @throws DriverException INVALID_ARGUMENT if one of them names a file, or is none
   */
  public static List<String> makeOptions(String text) {
    List<String> words = words(text, "\\s+");
    for (String word : words) {
      if (!MAKE_WORD.matcher(word).matches()) {
        throw wrong("a mkfs option has letters, digits and -+_^=,.: only", word);
      }
    }
    return words;
  }

  /**
   * Reads options of mounts.
   *
   * @param text the options with commas between them
   * @return the options; none if the text is blank
   * @throws DriverException INVALID_ARGUMENT if one of them is none, or says what is mounted
   */
  public static List<String> mountOptions(String text) {
    List<String> words = words(text, ",");
    for (String word : words) {
      if (!MOUNT_WORD.matcher(word).matches()) {
        throw wrong("a mount option is NAME or NAME=VALUE, of letters, digits and -_^.:", word);
      }
      if (NOT_FOR_MOUNTS.contains(word)) {
        throw wrong("a mount option that is not for you to choose", word);
      }
    }
    return words;
  }

  private static List<String> words(String text, String separator) {
    return text.isBlank() ? List.of() : Arrays.asList(text.strip().split(separator, -1));
  }

  private static DriverException wrong(String what, String value) {
    return new DriverException(Kind.INVALID_ARGUMENT, what + ": option=" + value);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.Mount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Carries out mounts on this host, as root.
 *
 * <p>An overlayfs is put together with the kernel's newer calls, each lower folder by itself: the
 * options of the older call must fit in one page, which is full at about 40 layers with ordinary
 * paths. Where the newer calls are missing (before Linux 6.8 for {@code lowerdir+}) mount(8) is
 * asked, which has its own ways. Stateless; any thread.
 */
public final class HostMounts {
  private static final Path MOUNTED = Path.of("/proc/self/mountinfo");
  private static final Path KNOWN_TYPES = Path.of("/proc/filesystems");
  private static final int TARGET_FIELD = 4;
  private static final String LOWER = "lowerdir=";

  private static final Map<String, Long> FLAGS =
      Map.of(
          "ro", MountCalls.MS_RDONLY,
          "nosuid", MountCalls.MS_NOSUID,
          "nodev", MountCalls.MS_NODEV,
          "noexec", MountCalls.MS_NOEXEC,
          "noatime", MountCalls.MS_NOATIME,
          "rw", 0L);

  private HostMounts() {}

  /**
   * Checks that this process may mount a kind of file system.
   *
   * @param type kind of file system, or {@code bind}
   * @throws DriverException FAILED_PRECONDITION, saying what is missing
   */
  public static void checkCanMount(String type) {
    if (!HostNodes.isRoot()) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION, "cannot mount without being root type=" + type);
    }
    if (!type.equals("bind") && !isKnown(type)) {
      throw new DriverException(
          Kind.FAILED_PRECONDITION, "kernel has no such file system type=" + type);
    }
  }

  /**
   * Mounts.
   *
   * @param mount what
   * @param target where; a folder that is there
   * @throws IOException if the kernel refuses
   */
  public static void mount(Mount mount, Path target) throws IOException {
    switch (mount.type()) {
      case "bind" -> bind(mount, target);
      case "overlay" -> overlay(mount, target);
      default -> device(mount, target);
    }
  }

  /**
   * Takes a mount away, the topmost one of a folder, at once: who has files open in it goes on with
   * them.
   *
   * @param target the folder
   * @throws IOException if nothing is mounted there
   */
  public static void unmount(Path target) throws IOException {
    MountCalls.unmount(target);
  }

  /**
   * Writes back what is cached of a file system.
   *
   * @param target where it is mounted
   * @throws IOException if that fails, also because something could not be written earlier
   */
  public static void writeBack(Path target) throws IOException {
    MountCalls.writeBack(target);
  }

  /**
   * Lists what is mounted in a folder and below.
   *
   * @param folder the folder
   * @return where, each as often as something is mounted there, the last mounted first
   * @throws IOException if the kernel does not tell
   */
  public static List<Path> mountedUnder(Path folder) throws IOException {
    Path real = Files.exists(folder) ? folder.toRealPath() : folder.toAbsolutePath();
    List<Path> targets = new ArrayList<>();
    for (String line : Files.readAllLines(MOUNTED, StandardCharsets.ISO_8859_1)) {
      Path target = Path.of(unescaped(line.split(" ")[TARGET_FIELD]));
      if (target.startsWith(real)) {
        targets.add(target);
      }
    }
    Collections.reverse(targets);
    return targets;
  }

  private static void bind(Mount mount, Path target) throws IOException {
    long recursive = mount.options().contains("rbind") ? MountCalls.MS_REC : 0;
    MountCalls.mount(mount.source(), target, "none", MountCalls.MS_BIND | recursive, "");
    if (mount.options().contains("ro")) {
      // The kernel takes a flag of a bind mount only in a second step.
      long flags = MountCalls.MS_REMOUNT | MountCalls.MS_BIND | MountCalls.MS_RDONLY;
      MountCalls.mount(mount.source(), target, "none", flags, "");
    }
  }

  private static void device(Mount mount, Path target) throws IOException {
    long flags = 0;
    List<String> rest = new ArrayList<>();
    for (String option : mount.options()) {
      if (FLAGS.containsKey(option)) {
        flags |= FLAGS.get(option);
      } else {
        rest.add(option);
      }
    }
    MountCalls.mount(mount.source(), target, mount.type(), flags, String.join(",", rest));
  }

  private static void overlay(Mount mount, Path target) throws IOException {
    try {
      overlayByOption(mount, target);
    } catch (UnsatisfiedLinkError e) {
      overlayByProgram(mount, target);
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains("lowerdir+")) {
        throw e;
      }
      overlayByProgram(mount, target);
    }
  }

  private static void overlayByOption(Mount mount, Path target) throws IOException {
    int context = MountCalls.openContext("overlay", target);
    try {
      boolean readOnly = mount.options().contains("ro");
      MountCalls.setOption(context, "source", mount.source(), target);
      for (String option : mount.options()) {
        setOption(context, option, target);
      }
      MountCalls.attach(context, readOnly, target);
    } finally {
      MountCalls.close(context);
    }
  }

  private static void setOption(int context, String option, Path target) throws IOException {
    int equals = option.indexOf('=');
    if (option.startsWith(LOWER)) {
      for (String folder : option.substring(LOWER.length()).split(":")) {
        MountCalls.setOption(context, "lowerdir+", folder, target);
      }
    } else if (equals >= 0) {
      MountCalls.setOption(
          context, option.substring(0, equals), option.substring(equals + 1), target);
    } else if (!option.equals("rw")) {
      MountCalls.setFlag(context, option, target);
    }
  }

  /** From the folder that the lower ones have in common, so that their paths are short. */
  private static void overlayByProgram(Mount mount, Path target) throws IOException {
    Path home = home(mount);
    String options = String.join(",", mount.options()).replace(home + "/l/", "l/");
    ProcessBuilder program =
        new ProcessBuilder(
            Arrays.asList(
                "mount", "-n", "-t", "overlay", "-o", options, mount.source(), target.toString()));
    program.directory(home.toFile()).redirectErrorStream(true);
    Process process = program.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("mount(8) failed: " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while mounting", e);
    }
  }

  private static Path home(Mount mount) {
    String lower =
        mount.options().stream()
            .filter(option -> option.startsWith(LOWER))
            .findFirst()
            .orElse(LOWER);
    Path first = Path.of(lower.substring(LOWER.length()).split(":")[0]);
    Path folder = first.getParent();
    return folder != null && folder.endsWith("l") ? folder.getParent() : Path.of("/");
  }

  private static boolean isKnown(String type) {
    try {
      return Files.readAllLines(KNOWN_TYPES).stream().anyMatch(line -> line.endsWith("\t" + type));
    } catch (IOException e) {
      // A kernel that does not tell will refuse the mount itself.
      return true;
    }
  }

  /** Blanks and the like stand as a backslash and three octal digits. */
  private static String unescaped(String field) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < field.length(); i++) {
      if (field.charAt(i) == '\\' && i + 3 < field.length()) {
        text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        text.append(field.charAt(i));
      }
    }
    return new String(
        text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}

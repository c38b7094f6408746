// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Images made here with umoci, so that nothing is pulled: busybox, and layers on top of it. */
public final class LocalImage {
  private static final List<String> FOLDERS =
      List.of("bin", "dev", "etc", "proc", "sys", "tmp", "data");
  private static final List<String> WORDS =
      List.of("sh", "echo", "cat", "ls", "sleep", "dd", "sync", "touch", "rm", "mkdir", "test");

  private LocalImage() {}

  /**
   * Makes an archive of an OCI layout with one image.
   *
   * @param folder where to work; the archive is made there
   * @param tag the image's tag
   * @param layerMebibytes a layer for each, with a file {@code data/LAYER} of that many MiB
   * @return the archive
   */
  public static Path busybox(Path folder, String tag, int... layerMebibytes) throws IOException {
    Path layout = folder.resolve("layout-" + tag);
    String image = layout + ":" + tag;
    Path bundle = folder.resolve("bundle-" + tag);
    Programs.run("umoci", "init", "--layout", layout);
    Programs.run("umoci", "new", "--image", image);
    Programs.run("umoci", "unpack", "--image", image, bundle);
    fill(bundle.resolve("rootfs"));
    Programs.run("umoci", "repack", "--refresh-bundle", "--image", image, bundle);
    Random random = new Random(layerMebibytes.length);
    for (int layer = 0; layer < layerMebibytes.length; layer++) {
      byte[] content = new byte[layerMebibytes[layer] << 20];
      random.nextBytes(content);
      Files.write(bundle.resolve("rootfs/data/" + layer), content);
      Programs.run("umoci", "repack", "--refresh-bundle", "--image", image, bundle);
    }
    Programs.run("umoci", "config", "--image", image, "--config.cmd", "/bin/sh");
    Path archive = folder.resolve(tag + ".tar");
    Programs.run("tar", "-C", layout, "-cf", archive, ".");
    Programs.run("rm", "-rf", bundle, layout);
    return archive;
  }

  /** Makes a tar of the same files without layers, as {@code docker import} takes it. */
  public static Path rootTar(Path folder) throws IOException {
    Path root = Files.createDirectories(folder.resolve("root"));
    fill(root);
    Path tar = folder.resolve("root.tar");
    Programs.run("tar", "-C", root, "-cf", tar, ".");
    Programs.run("rm", "-rf", root);
    return tar;
  }

  private static void fill(Path root) throws IOException {
    for (String name : FOLDERS) {
      Files.createDirectories(root.resolve(name));
    }
    Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
    Programs.run("chmod", "755", root.resolve("bin/busybox"), root);
    for (String word : WORDS) {
      Files.createSymbolicLink(root.resolve("bin").resolve(word), Path.of("busybox"));
    }
    Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.host.FileCopy;
import io.veneer.driver.host.HostNodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/** Small steps that layouts share. Stateless; any thread. */
public final class LayerFolders {
  private static final Pattern ID = Pattern.compile("[0-9]{1,18}");

  private static final int TOP_PERMISSIONS = 0755;

  private LayerFolders() {}

  /**
   * Lists the folders in a folder that are named by a layer's id, with a suffix or without.
   *
   * @param folder where to look; nothing is found if it is missing
   * @param suffix what half-made folders have behind the id
   * @return the ids
   * @throws IOException if the host fails
   */
  public static Set<String> ids(Path folder, String suffix) throws IOException {
    Set<String> ids = new HashSet<>();
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return ids;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        String id =
            name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
        if (ID.matcher(id).matches()) {
          ids.add(id);
        }
      }
    }
    return ids;
  }

  /**
   * Makes the top folder of a layer, unless it is there: like the one it stands on, as nothing else
   * shows that one's mode and owner.
   *
   * @param top the folder
   * @param below the top folder of the parent, or null for a first layer: mode 0755 then
   * @throws IOException if the host fails
   */
  public static void ensureTop(Path top, Path below) throws IOException {
    if (Files.isDirectory(top, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.createDirectories(top);
    if (below == null) {
      HostNodes.setPermissions(top, TOP_PERMISSIONS);
    } else {
      FileCopy.copyAttributes(below, top);
    }
  }

  /**
   * Gives a small file its text, unless it has it.
   *
   * @param file the file
   * @param text what should stand in it
   * @throws IOException if the host fails
   */
  public static void ensureText(Path file, String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), wanted)) {
      Files.write(file, wanted);
    }
  }
}

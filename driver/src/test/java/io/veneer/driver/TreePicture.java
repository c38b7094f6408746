// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Everything that can be seen in a tree, as text by path, so that trees can be compared. */
public final class TreePicture {
  private final LayerTree tree;
  private final Instant before;
  private final SortedMap<String, String> lines = new TreeMap<>();

  private TreePicture(LayerTree tree, Instant before) {
    this.tree = tree;
    this.before = before;
  }

  /** Times from an instant on are only told as new: two trees are not changed at the same time. */
  public static SortedMap<String, String> of(LayerTree tree, Instant before) {
    TreePicture picture = new TreePicture(tree, before);
    picture.add("");
    return picture.lines;
  }

  private void add(String path) {
    NodeInfo info = tree.stat(path);
    StringBuilder line = new StringBuilder(info.type().toString());
    line.append(' ').append(Integer.toOctalString(info.permissions()));
    line.append(' ').append(info.owner()).append(':').append(info.group());
    line.append(' ').append(info.deviceNumber());
    line.append(' ').append(info.modified().isBefore(before) ? info.modified() : "new");
    tree.attributes(path)
        .forEach((name, value) -> line.append(' ').append(name).append('=').append(hex(value)));
    if (info.type() == NodeType.FILE) {
      line.append(' ').append(info.sizeBytes()).append(' ').append(content(path, info.sizeBytes()));
    } else if (info.type() == NodeType.LINK) {
      line.append(" -> ").append(tree.linkTarget(path));
    }
    lines.put(path, line.toString());
    if (info.isFolder()) {
      tree.list(path).forEach(name -> add(path.isEmpty() ? name : path + "/" + name));
    }
  }

  private int content(String path, long sizeBytes) {
    try (LayerFile file = tree.open(path, OpenMode.READ)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) sizeBytes);
      file.read(0, bytes);
      return Arrays.hashCode(bytes.array());
    }
  }

  private static String hex(byte[] value) {
    return HexFormat.of().formatHex(value);
  }

  /** What differs, for a message. */
  public static String difference(Map<String, String> expected, Map<String, String> actual) {
    StringBuilder text = new StringBuilder();
    expected.forEach(
        (path, line) -> {
          if (!line.equals(actual.get(path))) {
            text.append("\n  ").append(path).append("\n    expected ").append(line);
            text.append("\n    actual   ").append(actual.get(path));
          }
        });
    actual.forEach(
        (path, line) -> {
          if (!expected.containsKey(path)) {
            text.append("\n  ").append(path).append("\n    actual   ").append(line);
          }
        });
    return text.toString();
  }
}

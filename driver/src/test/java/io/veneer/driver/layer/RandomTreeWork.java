// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import io.veneer.driver.DriverException;
import io.veneer.driver.LayerFile;
import io.veneer.driver.LayerTree;
import io.veneer.driver.NodeType;
import io.veneer.driver.OpenMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;

/**
 * Random operations on a small tree, in which most paths are used again and again. Each is made
 * once and can be tried on any number of trees.
 */
final class RandomTreeWork {
  /** The outcome of renaming a folder that older layers show. */
  static final String CROSSES = "EXDEV";

  private static final String[] NAMES = {"a", "b", "c", "d"};
  private static final int DEPTH_MAX = 4;
  private static final int CONTENT_BYTES_MAX = 5000;
  private static final int OFFSET_MAX = 200_000;
  private static final long NULL_DEVICE = 0x103;

  /** One operation. */
  interface Step {
    void on(LayerTree tree);
  }

  /**
   * An operation, how it is shown, and the folder whose name a rename takes away ("" for the top).
   */
  record Operation(String text, Step step, Optional<String> renamedIn) {
    Operation(String text, Step step) {
      this(text, step, Optional.empty());
    }

    /** How it went: "ok", or the kind of failure. */
    String outcomeOn(LayerTree tree) {
      try {
        step.on(tree);
        return "ok";
      } catch (DriverException e) {
        boolean crosses = e.getMessage().contains("EXDEV") || e.getMessage().contains("cross-dev");
        return crosses ? CROSSES : e.kind().toString();
      }
    }
  }

  private final Random random;
  private final boolean withRoot;
  private final boolean withHardLinks;

  RandomTreeWork(long seed, boolean withRoot, boolean withHardLinks) {
    this.random = new Random(seed);
    this.withRoot = withRoot;
    this.withHardLinks = withHardLinks;
  }

  Operation next() {
    String path = path();
    int choice = random.nextInt(100);
    if (choice < 24) {
      return make(path);
    } else if (choice < 44) {
      return write(path);
    } else if (choice < 60) {
      String to = path();
      return new Operation(
          "rename " + path + " to " + to,
          tree -> tree.rename(path, to),
          Optional.of(path.substring(0, Math.max(0, path.lastIndexOf('/')))));
    } else if (choice < 72) {
      return new Operation("remove file " + path, tree -> tree.removeFile(path));
    } else if (choice < 80) {
      return new Operation("remove folder " + path, tree -> tree.removeFolder(path));
    } else {
      return change(path);
    }
  }

  private Operation make(String path) {
    int permissions = random.nextInt(01000) | 0700;
    switch (random.nextInt(withHardLinks ? 6 : 5)) {
      case 0:
        return new Operation("make file " + path, tree -> tree.makeFile(path, permissions));
      case 1:
      case 2:
        return new Operation(
            "make folder " + path, tree -> tree.makeFolder(path, permissions | 0700));
      case 3:
        String target = path() + (random.nextBoolean() ? "//x/" : "");
        return new Operation("make link " + path, tree -> tree.makeLink(path, target));
      case 4:
        boolean device = withRoot && random.nextBoolean();
        return new Operation(
            "make node " + path,
            tree ->
                tree.makeNode(
                    path,
                    device ? NodeType.CHARACTER_DEVICE : NodeType.FIFO,
                    permissions,
                    device ? NULL_DEVICE : 0));
      default:
        String existing = path();
        return new Operation(
            "add name " + path + " to " + existing, tree -> tree.addName(path, existing));
    }
  }

  private Operation write(String path) {
    byte[] bytes = new byte[random.nextInt(CONTENT_BYTES_MAX)];
    random.nextBytes(bytes);
    int offset = random.nextInt(4) == 0 ? random.nextInt(OFFSET_MAX) : random.nextInt(100);
    if (random.nextInt(5) == 0) {
      return new Operation("truncate " + path, tree -> tree.truncate(path, offset));
    }
    return new Operation(
        "write " + path + " at " + offset,
        tree -> {
          try (LayerFile file = tree.open(path, OpenMode.WRITE)) {
            file.write(offset, ByteBuffer.wrap(bytes));
          }
        });
  }

  private Operation change(String path) {
    int number = random.nextInt(1000);
    String attribute = (withRoot ? "trusted." : "user.") + NAMES[number % NAMES.length];
    switch (random.nextInt(withRoot ? 5 : 4)) {
      case 0:
        return new Operation(
            "set permissions " + path, tree -> tree.setPermissions(path, number % 01000 | 0700));
      case 1:
        Instant time = Instant.ofEpochSecond(1_000_000_000L + number, number);
        return new Operation("set times " + path, tree -> tree.setTimes(path, time, time));
      case 2:
        byte[] value = Integer.toString(number).getBytes(StandardCharsets.US_ASCII);
        return new Operation(
            "set " + attribute + " of " + path, tree -> tree.setAttribute(path, attribute, value));
      case 3:
        return new Operation(
            "remove " + attribute + " of " + path, tree -> tree.removeAttribute(path, attribute));
      default:
        return new Operation("set owner " + path, tree -> tree.setOwner(path, number, number + 1));
    }
  }

  private String path() {
    int depth = 1 + Math.min(random.nextInt(DEPTH_MAX), random.nextInt(DEPTH_MAX));
    int names = depth == 1 ? NAMES.length : NAMES.length - 1;
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < depth; i++) {
      path.append(i == 0 ? "" : "/").append(NAMES[random.nextInt(names)]);
    }
    return path.toString();
  }
}

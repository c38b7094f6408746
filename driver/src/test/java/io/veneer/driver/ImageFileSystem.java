// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import io.veneer.driver.host.HostMounts;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.nbd.Program;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file system of another kind than the host's, in a sparse file; each test has a folder of it.
 */
public final class ImageFileSystem implements AutoCloseable {
  private static final long IMAGE_BYTES = 2L << 30;

  private final Path top;
  private int folders;

  private ImageFileSystem(Path top) {
    this.top = top;
  }

  /** Makes one and mounts it; says why not by an assumption. */
  public static ImageFileSystem make(Path scratch, String... mkfs) throws Exception {
    Program.skipUnless(HostNodes.isRoot(), "mounting needs root");
    Program.require(mkfs[0], "mount");
    Path image = scratch.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(IMAGE_BYTES);
    }
    List<Object> command = new ArrayList<>(List.of((Object[]) mkfs));
    command.add(image);
    Program.run(command.toArray());
    Path top = Files.createDirectory(scratch.resolve("top"));
    Program.run("mount", "-o", "loop", image, top);
    return new ImageFileSystem(top);
  }

  /** Puts an empty folder of it in the place of another, unless that was done before. */
  public void putOn(Path folder) throws IOException {
    if (HostMounts.mountedUnder(folder).contains(folder.toRealPath())) {
      return;
    }
    Path source = Files.createDirectory(top.resolve("test-" + folders++));
    HostMounts.mount(Mount.bind(source.toString(), false), folder);
  }

  @Override
  public void close() throws IOException {
    HostMounts.unmount(top);
  }
}

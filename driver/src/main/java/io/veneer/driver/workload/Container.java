// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A mounted container of a {@link SingleDriver}: each method is one step of a workload, durable
 * when it returns. One thread.
 */
public final class Container implements AutoCloseable {
  private static final long INSTALLED_SEED = 43;

  private final LayerHost host;
  private final long imageBytes;
  private final int filesToInstall;
  private final Path folder;
  private String key;
  private boolean mounted;

  Container(LayerHost host, String key, long imageBytes, int filesToInstall) throws IOException {
    this.host = host;
    this.key = key;
    this.imageBytes = imageBytes;
    this.filesToInstall = filesToInstall;
    this.folder = host.mount(key);
    this.mounted = true;
  }

  /**
   * Writes 4 KiB into the large file.
   *
   * @param place any number; the same one is the same place, another one hardly ever
   * @param stamp what is written
   * @throws IOException if the host fails
   */
  public void write(long place, long stamp) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(FileWork.WRITE_BYTES);
    while (bytes.hasRemaining()) {
      bytes.putLong(stamp);
    }
    long places = imageBytes / FileWork.WRITE_BYTES;
    FileWork.writeAndForce(
        largeFile(), Math.floorMod(place, places) * FileWork.WRITE_BYTES, bytes.flip());
  }

  /**
   * Appends four bytes to the large file.
   *
   * @throws IOException if the host fails
   */
  public void append() throws IOException {
    Path file = largeFile();
    FileWork.writeAndForce(file, Files.size(file), ByteBuffer.wrap(FileWork.appended()));
  }

  /**
   * Makes half as many small files as its lower layer has.
   *
   * @throws IOException if the host fails
   */
  public void install() throws IOException {
    new SmallTree("installed", filesToInstall, INSTALLED_SEED).write(folder);
    FileWork.sync(folder);
  }

  /**
   * What the container sees of the large file.
   *
   * @return its path
   */
  public Path largeFile() {
    return folder.resolve(BaseLayers.LARGE_FILE);
  }

  /**
   * Unmounts the container, so that it can be committed or removed.
   *
   * @throws IOException if the host fails
   */
  public void unmount() throws IOException {
    if (mounted) {
      host.unmount(key);
      mounted = false;
    }
  }

  /**
   * Makes a layer of the container, which is unmounted.
   *
   * @throws IOException if the host fails
   */
  public void commit() throws IOException {
    host.commit(key + "-layer", key);
    key = key + "-layer";
  }

  /**
   * Removes the container, or the layer that it became; it is unmounted. Does not wait for the room
   * of what it held.
   *
   * @throws IOException if the host fails
   */
  public void remove() throws IOException {
    host.remove(key);
    key = null;
  }

  /**
   * Unmounts and removes it, if it is still there, and waits for the room of what it held.
   *
   * @throws IOException if the host fails
   */
  @Override
  public void close() throws IOException {
    unmount();
    if (key != null) {
      remove();
    }
    host.settle();
  }
}

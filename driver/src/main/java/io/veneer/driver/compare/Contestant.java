// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.compare;

import io.veneer.driver.Capability;
import io.veneer.driver.LayerFile;
import io.veneer.driver.OpenMode;
import io.veneer.driver.StorageDriver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One driver in a comparison, with its containers and its times. What is measured is one call into
 * the driver (and one into force, if each write is to be durable) and nothing else. One thread;
 * owns the driver and its open files.
 */
final class Contestant implements AutoCloseable {
  private static final String IMAGE = "image";
  private static final String IMAGE_PATH = "disk.img";

  final Samples prepares;
  final Samples firstWrites;
  final Samples newPlaces;
  final Samples rewrites;

  private final String name;
  private final Path folder;
  private final DriverFactory factory;
  private final long imageBytes;
  private final WritePlan plan;
  private final boolean forceEachWrite;
  private final ByteBuffer buffer;
  private final List<LayerFile> files = new ArrayList<>();

  private StorageDriver driver;
  private long copiedBeforeBytes;
  private long copiedBytes;

  Contestant(String name, Path folder, DriverFactory factory, WritePlan plan, Round.Terms terms) {
    this.name = name;
    this.folder = folder;
    this.factory = factory;
    this.plan = plan;
    this.imageBytes = terms.imageBytes();
    this.forceEachWrite = terms.forceEachWrite();
    this.buffer = ByteBuffer.allocateDirect(plan.writeBytes());
    int writes = plan.containers() * plan.writesPerContainer();
    this.prepares = new Samples(plan.containers());
    this.firstWrites = new Samples(plan.containers());
    this.newPlaces = new Samples(writes);
    this.rewrites = new Samples(writes);
    this.driver = factory.open(folder, imageBytes, plan.containers());
  }

  String name() {
    return name;
  }

  Path folder() {
    return folder;
  }

  /** Whether a container's first write costs as much room as the image. */
  boolean copiesWholeFiles() {
    return driver.capabilities().contains(Capability.FILES);
  }

  /** Makes the base layer; the caller writes the image into it. */
  void importImage(Importer importer) throws IOException {
    driver.prepare("import", "", Map.of());
    try (LayerFile file = driver.openFile("import", path(), OpenMode.CREATE)) {
      importer.importInto(file);
      file.force();
    }
    driver.commit(IMAGE, "import", Map.of());
    copiedBeforeBytes = driver.copiedBytes();
  }

  /** Writes an image into a file. */
  @FunctionalInterface
  interface Importer {
    void importInto(LayerFile file) throws IOException;
  }

  void prepare(int container) {
    long begin = System.nanoTime();
    driver.prepare(key(container), IMAGE, Map.of());
    prepares.add(System.nanoTime() - begin);
    files.add(driver.openFile(key(container), path(), OpenMode.WRITE));
  }

  void write(int container, int pass, int write, Samples samples) {
    LayerFile file = files.get(container);
    long offset = plan.offset(container, write);
    plan.fill(buffer, container, pass, write);
    long begin = System.nanoTime();
    file.write(offset, buffer);
    if (forceEachWrite) {
      file.force();
    }
    samples.add(System.nanoTime() - begin);
  }

  /** Leaves nothing to be written back while another driver is measured. */
  void endTurn(int container) {
    if (!forceEachWrite) {
      files.get(container).force();
    }
  }

  /** Closes the driver and opens it again: what is verified then is what is on the disk. */
  void reopen() {
    closeFiles();
    copiedBytes = driver.copiedBytes() - copiedBeforeBytes;
    driver.close();
    driver = factory.open(folder, imageBytes, plan.containers());
  }

  LayerFile openForVerifying(int container) {
    return driver.openFile(key(container), path(), OpenMode.READ);
  }

  /** Whether a file may be longer than the image, because volumes come in sectors. */
  boolean isVolume() {
    return driver.capabilities().contains(Capability.VOLUME);
  }

  /** Bytes copied for the containers; known after {@link #reopen}. */
  long copiedBytes() {
    return copiedBytes;
  }

  @Override
  public void close() {
    closeFiles();
    driver.close();
  }

  private void closeFiles() {
    files.forEach(LayerFile::close);
    files.clear();
  }

  private String path() {
    return isVolume() ? StorageDriver.VOLUME : IMAGE_PATH;
  }

  private static String key(int container) {
    return "container-" + container;
  }
}

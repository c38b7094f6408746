// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.DriverException;
import io.veneer.driver.compare.WritePlan;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Containers write 4 KiB pieces into a large file of the lower layer, append to it, cut it and
 * rename it. Every write is opened for (the first) and forced inside the time that is taken, since
 * some drivers copy when a file is opened and others when it is written.
 */
final class LargeFile implements Workload {
  static final String NAME = "large-file";
  private static final int BATCH_WRITES = 10;

  private final BaseLayers layers;
  private final PageCache pageCache;
  private final Map<String, Long> storedBefore = new HashMap<>();
  private final Map<String, OptionalLong> copiedBefore = new HashMap<>();
  private final MountedKeys mounts = new MountedKeys();
  private WritePlan plan;

  LargeFile(BaseLayers layers, PageCache pageCache) {
    this.layers = layers;
    this.pageCache = pageCache;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(Stage stage) {
    layers.makeLarge();
    try {
      MountedOptions options = stage.options();
      plan = plan(options);
      stage.inTurn("large-file: what is held", this::noteBefore);
      stage.inTurn("large-file: preparing", this::prepare);
      write(stage);
      stage.inTurn("large-file: what is held", host -> noteAfter(stage, host));
      stage.inTurn("large-file: verifying", host -> verify(options.image(), host));
      stage.inTurn("large-file: unmounting", host -> mounts.unmountAll(host));
      onUntouched(stage);
    } catch (IOException e) {
      throw DriverException.io("cannot read image=" + stage.options().image(), e);
    } finally {
      mounts.unmountRest();
    }
  }

  /** What is written; fails if the image is too small for it. */
  static WritePlan plan(MountedOptions options) throws IOException {
    return WritePlan.of(
        options.seed(),
        options.containers(),
        options.writesPerContainer(),
        FileWork.WRITE_BYTES,
        Files.size(options.image()));
  }

  private void prepare(LayerHost host) throws IOException {
    for (int container = 0; container < plan.containers(); container++) {
      host.prepare(key(container), BaseLayers.LARGE);
      mounts.mount(host, key(container));
    }
  }

  private void noteBefore(LayerHost host) throws IOException {
    storedBefore.put(host.name(), host.storedBytes());
    copiedBefore.put(host.name(), host.copiedBytes());
  }

  private void write(Stage stage) {
    for (int container = 0; container < plan.containers(); container++) {
      int number = container;
      stage.inTurn("large-file: first write", host -> timeWrite(stage, host, number, 0, 0));
    }
    for (int pass = 0; pass < 2; pass++) {
      for (int begin = 1 - pass; begin < plan.writesPerContainer(); begin += BATCH_WRITES) {
        writeBatch(stage, pass, begin, Math.min(begin + BATCH_WRITES, plan.writesPerContainer()));
      }
    }
    for (int container = 0; container < plan.containers(); container++) {
      int number = container;
      stage.inTurn("large-file: append", host -> append(stage, host, number));
    }
  }

  private void writeBatch(Stage stage, int pass, int begin, int end) {
    for (int container = 0; container < plan.containers(); container++) {
      int number = container;
      stage.inTurn(
          pass == 0 ? "large-file: new places" : "large-file: rewrites",
          host -> {
            for (int write = begin; write < end; write++) {
              timeWrite(stage, host, number, pass, write);
            }
          });
    }
  }

  private void timeWrite(Stage stage, LayerHost host, int container, int pass, int write)
      throws Exception {
    ByteBuffer bytes = ByteBuffer.allocate(FileWork.WRITE_BYTES);
    plan.fill(bytes, container, pass, write);
    long offset = plan.offset(container, write);
    Path file = file(host, container);
    stage
        .ledger()
        .time(quantity(pass, write), host.name(), () -> writeAndForce(file, offset, bytes));
  }

  private static Quantity quantity(int pass, int write) {
    if (pass == 1) {
      return Quantity.REWRITE;
    }
    return write == 0 ? Quantity.FIRST_WRITE : Quantity.NEW_PLACE;
  }

  private void append(Stage stage, LayerHost host, int container) throws Exception {
    Path file = file(host, container);
    long end = Files.size(file);
    stage
        .ledger()
        .time(
            Quantity.APPEND,
            host.name(),
            () -> writeAndForce(file, end, ByteBuffer.wrap(FileWork.appended())));
  }

  private static Void writeAndForce(Path file, long offset, ByteBuffer bytes) throws IOException {
    FileWork.writeAndForce(file, offset, bytes);
    return null;
  }

  private void noteAfter(Stage stage, LayerHost host) throws IOException {
    long stored = host.storedBytes() - storedBefore.get(host.name());
    stage.ledger().add(Quantity.LARGE_FILE_STORED, host.name(), stored / plan.containers());
    long copied = copiedBytes(host);
    stage.ledger().add(Quantity.LARGE_FILE_COPIED, host.name(), copied / plan.containers());
  }

  /** Of a driver that does not count: what its layers hold beyond what was written to them. */
  private long copiedBytes(LayerHost host) throws IOException {
    OptionalLong before = copiedBefore.get(host.name());
    if (before.isPresent()) {
      return host.copiedBytes().orElse(0) - before.getAsLong();
    }
    long copied = 0;
    for (int container = 0; container < plan.containers(); container++) {
      long written = (long) plan.writesPerContainer() * FileWork.WRITE_BYTES;
      copied += Math.max(0, host.layerBytes(key(container)) - written);
    }
    return copied;
  }

  private void verify(Path image, LayerHost host) throws IOException {
    LargeFileCheck check = new LargeFileCheck(image, plan, FileWork.appended());
    for (int container = 0; container < plan.containers(); container++) {
      check.require(file(host, container), container, host.name());
    }
  }

  /** What is measured on containers that have not touched the file yet. */
  private void onUntouched(Stage stage) {
    stage.inTurn(
        "large-file: reading twice",
        host -> {
          for (String key : new String[] {"large-cut", "large-renamed"}) {
            host.prepare(key, BaseLayers.LARGE);
            mounts.mount(host, key);
          }
          stage
              .ledger()
              .add(
                  Quantity.CACHED_AGAIN,
                  host.name(),
                  pageCache.growthOfSecond(file(host, "large-cut"), file(host, "large-renamed")));
          cut(stage, host);
          rename(stage, host);
          mounts.unmountAll(host);
        });
  }

  private void cut(Stage stage, LayerHost host) throws Exception {
    Path file = file(host, "large-cut");
    long half = Files.size(file) / 2;
    stage
        .ledger()
        .time(
            Quantity.TRUNCATE,
            host.name(),
            () -> {
              try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(half).force(true);
              }
              return null;
            });
  }

  private void rename(Stage stage, LayerHost host) throws Exception {
    Path file = file(host, "large-renamed");
    stage
        .ledger()
        .time(
            Quantity.RENAME,
            host.name(),
            () -> {
              Files.move(file, file.resolveSibling("renamed.img"));
              HostFiles.forceFolder(file.getParent());
              return null;
            });
  }

  private Path file(LayerHost host, int container) {
    return file(host, key(container));
  }

  private Path file(LayerHost host, String key) {
    return mounts.folder(host, key).resolve(BaseLayers.LARGE_FILE);
  }

  private static String key(int container) {
    return "large-" + container;
  }
}

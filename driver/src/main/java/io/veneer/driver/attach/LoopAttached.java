// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.fuse.FuseException;
import io.veneer.driver.fuse.FuseFile;
import io.veneer.driver.fuse.FuseOptions;
import io.veneer.driver.keep.KeptDevice;
import io.veneer.driver.keep.KeptFiles;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A FUSE file with a loop device on it.
 *
 * <p>The loop device uses direct input and output, so the bytes are in the page cache once for the
 * file system on it and once for the pool's data file, and not a third time between them; and what
 * it flushes, discards or zeroes reaches the device as such.
 */
final class LoopAttached implements Attached {
  private static final Logger LOG = LoggerFactory.getLogger(LoopAttached.class);

  private final FuseFile file;
  private final UnseenUser unseen = new UnseenUser();

  /** Where the loop device is, or was last. */
  private volatile Path path;

  /** Null once it is taken back, when the file is still in use. */
  private volatile LoopDevice loop;

  /** How often the loop device has the file open, as far as it opened it in this process. */
  private int loopOpens;

  private LoopAttached(FuseFile file, LoopDevice loop, int loopOpens) {
    this.file = file;
    this.loop = loop;
    this.path = loop.path();
    this.loopOpens = loopOpens;
  }

  /** Attaches a device, which belongs to the attachment then. */
  static LoopAttached attach(
      BlockDevice device, Path mountPoint, FuseOptions options, int sectorBytes) {
    FuseFile file = FuseFile.mount(device, mountPoint, options);
    try {
      LoopDevice loop = LoopDevice.onto(mountPoint, options.readOnly(), sectorBytes);
      return new LoopAttached(file, loop, 1);
    } catch (RuntimeException | Error e) {
      file.close();
      throw e;
    }
  }

  /** Goes on with what another process attached. */
  static LoopAttached resume(BlockDevice device, KeptFiles files, FuseOptions options) {
    Path record = files.device().record();
    FuseFile file = FuseFile.resume(device, record, files.connection(), options.withMemoryHeld());
    return new LoopAttached(file, new LoopDevice(files.device().blockDevice(), files.loop()), 0);
  }

  @Override
  public Optional<KeptFiles> files(AttachedDevice entry) {
    if (isDead() || !file.canBeResumed()) {
      return Optional.empty();
    }
    KeptDevice device = new KeptDevice(entry.record(), entry.deviceId(), entry.readOnly(), path);
    return Optional.of(new KeptFiles(device, file.connection(), loop.descriptor()));
  }

  @Override
  public void leave() {
    file.leave();
  }

  @Override
  public Path path() {
    return path;
  }

  @Override
  public boolean hasBlockDevice() {
    return loop != null;
  }

  @Override
  public boolean isDead() {
    return loop == null || !file.isAlive();
  }

  @Override
  public boolean isKnownInUse() {
    return !isDead() && unseen.isThere(file.unseenClosings());
  }

  @Override
  public Path file() {
    return file.path();
  }

  @Override
  public int sectorBytes() {
    return loop.sectorBytes();
  }

  @Override
  public void resized() {
    try {
      Files.size(file.path()); // asks us, and so tells the kernel the file's new size
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (loop != null) {
      loop.resized();
    }
  }

  @Override
  public void detach() {
    if (loop == null) {
      whenNotBusy(file::unmount);
      return;
    }
    whenNotBusy(() -> file.requireOpens(loopOpens));
    int sectorBytes = loop.sectorBytes();
    if (!loop.release()) {
      throw PoolException.badRequest(
          "device is open in a program, end it first"
              + BlockDeviceUsers.programs(path)
              + " (path="
              + path
              + ")");
    }
    loop = null;
    unmountOrGoOn(sectorBytes);
  }

  /** Where the file turns out to be in use after all, the attachment is whole again. */
  private void unmountOrGoOn(int sectorBytes) {
    try {
      whenNotBusy(this::unmountIfUnused);
    } catch (FuseException e) {
      attachAgain(sectorBytes, e);
      throw e;
    }
  }

  /** In this order: who closes it meanwhile is not overlooked. */
  private void unmountIfUnused() {
    int closings = file.unseenClosings();
    try {
      file.unmount();
    } catch (FuseException e) {
      unseen.found(closings);
      throw e;
    }
  }

  private void attachAgain(int sectorBytes, FuseException reason) {
    try {
      loop = LoopDevice.onto(file.path(), file.device().isReadOnly(), sectorBytes);
      loopOpens = 1;
      path = loop.path();
      LOG.info("file is in use, and attached again: file={} path={}", file.path(), path);
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  /**
   * The kernel tells us of a closed file a moment after it was closed, and so of a cleared loop.
   */
  private static void whenNotBusy(Runnable work) {
    Patience patience = new Patience();
    while (true) {
      try {
        work.run();
        return;
      } catch (FuseException e) {
        if (!e.isBusy() || !patience.pause()) {
          throw e;
        }
      }
    }
  }

  @Override
  public void abandon() {
    if (loop != null) {
      loop.abandon();
      loop = null;
    }
    file.abandon();
  }
}

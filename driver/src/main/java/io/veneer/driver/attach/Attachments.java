// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of a pool that have a block device path.
 *
 * <p>An attachment keeps its device open: renaming it changes only what the attachment is called,
 * removing it takes the name away, and what is attached works on until it is detached. A new size
 * is taken over by {@link #refresh}, and within a second by itself.
 *
 * <p>Any thread may call. Needs root. The pool must stay open until this is closed.
 */
public final class Attachments implements AutoCloseable {
  /** The unit in which a block device is addressed, if nothing else is asked for. */
  public static final int DEFAULT_SECTOR_BYTES = 512;

  private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
  private static final int LARGE_SECTOR_BYTES = 4096;
  private static final long LOOK_ROUND_SECONDS = 1;

  /** One attachment and what was known when it was made. */
  private static final class Entry {
    final BlockDevice device;
    final int deviceId;
    final String nameAtFirst;
    final boolean readOnly;
    final Via via;
    final Path record;
    Attached attached;
    long sizeBytes;

    /** Whether it shall be detached as soon as nobody uses it. */
    boolean released;

    Entry(BlockDevice device, DeviceInfo info, Via via, Path record) {
      this.device = device;
      this.deviceId = info.id();
      this.nameAtFirst = info.name();
      this.readOnly = device.isReadOnly();
      this.via = via;
      this.record = record;
      this.sizeBytes = device.sizeBytes();
    }

    /** The device's name now; what it was once, if it was removed. */
    String name() {
      String name = device.name();
      return name == null || name.isEmpty() ? nameAtFirst : name;
    }

    Attachment described() {
      return new Attachment(name(), attached.path(), attached.file(), readOnly, via);
    }
  }

  private final ThinPool pool;
  private final Ways ways;
  private final AttachFolder folder;
  private final StaleAttachments stale;
  private final List<Entry> entries = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService lookout;
  private boolean closed;

  private Attachments(ThinPool pool, AttachFolder folder, NbdClient nbd) {
    this.pool = pool;
    this.folder = folder;
    this.ways = new Ways(pool, nbd, folder.socket());
    this.stale = new StaleAttachments(folder, nbd);
    this.lookout = Executors.newSingleThreadScheduledExecutor(Attachments::daemon);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "attach-lookout");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Makes attachments possible, and cleans up what an earlier process left attached; {@link
   * #leftovers} tells what could not be.
   *
   * @param pool the pool
   * @param runFolder a folder for what is there while the pool is served; made if missing. The same
   *     pool always has the same.
   * @return no attachments yet, to be closed
   * @throws PoolException if the folder cannot be made or read
   */
  public static Attachments open(ThinPool pool, Path runFolder) {
    AttachFolder folder = AttachFolder.in(runFolder);
    return open(pool, folder, NbdClient.ofThisMachine(folder.scratch()));
  }

  static Attachments open(ThinPool pool, AttachFolder folder, NbdClient nbd) {
    Attachments attachments = new Attachments(pool, folder, nbd);
    attachments.stale.clean();
    attachments.lookout.scheduleWithFixedDelay(
        attachments::lookRound, LOOK_ROUND_SECONDS, LOOK_ROUND_SECONDS, TimeUnit.SECONDS);
    return attachments;
  }

  /**
   * Attaches a device, with sectors of {@value #DEFAULT_SECTOR_BYTES} bytes.
   *
   * @param device the device's name
   * @param readOnly whether writes shall be refused; they are for a sealed device in any case
   * @param via the way
   * @return where it is; where it already was, if it is attached in this way already
   * @throws PoolException if it cannot be attached, with what to do about it
   */
  public Attachment attach(String device, boolean readOnly, Via via) {
    return attach(device, readOnly, via, DEFAULT_SECTOR_BYTES);
  }

  /**
   * Attaches a device.
   *
   * @param device the device's name
   * @param readOnly whether writes shall be refused; they are for a sealed device in any case
   * @param via the way
   * @param sectorBytes the unit in which the block device is addressed, 512 or 4096
   * @return where it is; where it already was, if it is attached in this way already
   * @throws PoolException if it cannot be attached, with what to do about it
   */
  public synchronized Attachment attach(String device, boolean readOnly, Via via, int sectorBytes) {
    requireOpen();
    requireSector(device, sectorBytes);
    DeviceInfo info = pool.device(device);
    for (Entry entry : entries) {
      if (entry.name().equals(device) && !isLeaving(entry, info)) {
        return existing(entry, info, readOnly || info.sealed(), via);
      }
    }
    return make(info, readOnly, ways.choose(via), sectorBytes).described();
  }

  private void requireOpen() {
    if (closed) {
      throw PoolException.badRequest("attachments are closed, the server is going down");
    }
  }

  private void requireSector(String device, int sectorBytes) {
    if (sectorBytes != DEFAULT_SECTOR_BYTES && sectorBytes != LARGE_SECTOR_BYTES) {
      throw PoolException.badRequest(
          "sectors have 512 or 4096 bytes: device=" + device + " sectorBytes=" + sectorBytes);
    }
  }

  /** Whether it is of an earlier device of that name, and goes by itself; it may go now. */
  private boolean isLeaving(Entry entry, DeviceInfo info) {
    if (entry.deviceId == info.id()) {
      entry.released = false;
      return false;
    }
    return entry.released;
  }

  private static Attachment existing(Entry entry, DeviceInfo info, boolean readOnly, Via via) {
    if (entry.deviceId != info.id()) {
      throw PoolException.badRequest(
          "an earlier device of this name is still attached, detach it first: "
              + entry.described());
    }
    if (entry.readOnly != readOnly || via != Via.AUTO && via != entry.via) {
      throw PoolException.badRequest(
          "device is attached in another way, detach it first: " + entry.described());
    }
    return entry.described();
  }

  private Entry make(DeviceInfo info, boolean readOnly, Via via, int sectorBytes) {
    stale.clean();
    Path record = folder.create(info.name());
    stale.keep(record);
    try {
      BlockDevice device =
          readOnly ? pool.openDeviceReadOnly(info.name()) : pool.openDevice(info.name());
      Entry entry = new Entry(device, info, via, record);
      entry.attached = ways.attach(device, via, folder, record, sectorBytes);
      entries.add(entry);
      LOG.info("attached: {}", entry.described());
      return entry;
    } catch (RuntimeException | Error e) {
      forget(record);
      throw e;
    }
  }

  private void forget(Path record) {
    stale.drop(record);
    folder.delete(record);
  }

  /**
   * Takes a block device path back. What was written to it is durable on return.
   *
   * @param device the device's name, or what it was when it was removed
   * @throws PoolException if it is not attached; or if it is mounted or open, with where or by
   *     whom, and then it stays attached
   */
  public synchronized void detach(String device) {
    Entry entry =
        find(device)
            .orElseThrow(
                () -> PoolException.badRequest("device is not attached: device=" + device));
    detach(entry);
  }

  /** The attachment of that name; of several the last, as the others are of removed devices. */
  private Optional<Entry> find(String device) {
    return entries.stream().filter(e -> e.name().equals(device)).reduce((one, next) -> next);
  }

  private void detach(Entry entry) {
    String device = entry.name();
    BlockDeviceUsers.requireNone(entry.attached.path());
    entry.attached.detach();
    entries.remove(entry);
    forget(entry.record);
    LOG.info("detached: device={} path={}", device, entry.attached.path());
  }

  /**
   * Takes a block device path back as soon as nobody uses it: now, or within a second after its
   * last use. A new device of its name, if it is removed meanwhile, can be attached beside it; who
   * attaches the same device again keeps it.
   *
   * @param device the device's name; if it is not attached nothing happens
   */
  public synchronized void release(String device) {
    find(device)
        .ifPresent(
            entry -> {
              entry.released = true;
              detachIfUnused(entry);
            });
  }

  private void detachIfUnused(Entry entry) {
    try {
      detach(entry);
    } catch (PoolException e) {
      LOG.debug("still in use: {} cause={}", entry.described(), e.getMessage());
    }
  }

  private synchronized void detachReleased() {
    for (Entry entry : entries) {
      if (entry.released) {
        detachIfUnused(entry);
      }
    }
  }

  /**
   * Does something while the file systems that are mounted from a device are held still: all that
   * was written to them is in the device, consistent, and whoever writes waits.
   *
   * @param device the device's name; if it is not attached, nobody can have it mounted
   * @param work must not write to those file systems
   * @throws PoolException if a file system cannot be held still; then the work was not done
   */
  public void whileQuiet(String device, Runnable work) {
    List<String> points =
        list().stream()
            .filter(each -> each.device().equals(device) && !each.readOnly())
            .flatMap(each -> BlockDeviceUsers.mountPoints(each.path()).stream())
            .limit(1)
            .toList();
    QuietFileSystems.during(points, work);
  }

  /**
   * Lists what is attached.
   *
   * @return the attachments, in the order in which they were made
   */
  public List<Attachment> list() {
    return entries.stream().map(Entry::described).toList();
  }

  /**
   * Tells what an earlier process left and could not be cleaned up, after trying again.
   *
   * @return one line each, with the command that does it; empty if nothing is left
   */
  public synchronized List<String> leftovers() {
    return stale.clean();
  }

  /**
   * Makes the kernel take over the sizes of devices that were resized, so that a file system on
   * them can be grown at once.
   */
  public synchronized void refresh() {
    for (Entry entry : entries) {
      long sizeBytes = entry.device.sizeBytes();
      if (sizeBytes != entry.sizeBytes) {
        entry.attached.resized();
        entry.sizeBytes = sizeBytes;
        LOG.info("resized: {} sizeBytes={}", entry.described(), sizeBytes);
      }
    }
  }

  private void lookRound() {
    try {
      refresh();
      detachReleased();
    } catch (RuntimeException e) {
      LOG.warn("attachments not looked after: {}", e.toString());
    }
  }

  /**
   * Detaches everything. What is in use is written back as far as that is possible and then cut
   * off: its users see errors from now on, and the log says where it is mounted. Idempotent.
   */
  @Override
  public void close() {
    lookout.shutdownNow();
    synchronized (this) {
      closed = true;
      for (Entry entry : new ArrayList<>(entries)) {
        detachOrAbandon(entry);
      }
      entries.clear();
      ways.close();
    }
  }

  private void detachOrAbandon(Entry entry) {
    try {
      BlockDeviceUsers.requireNone(entry.attached.path());
      entry.attached.detach();
      forget(entry.record);
    } catch (RuntimeException e) {
      LOG.warn("cut off while in use: {} cause={}", entry.described(), e.getMessage());
      MountedFileSystems.writeBack(BlockDeviceUsers.mountPoints(entry.attached.path()));
      entry.attached.abandon();
    }
  }
}

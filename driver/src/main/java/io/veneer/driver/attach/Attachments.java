// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.meter.DeviceMeter;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.SizeGuard;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The devices of a pool that have a block device path.
 *
 * <p>An attachment keeps its device open: renaming it changes only what the attachment is called,
 * removing it takes the name away, and what is attached works on until it is detached. A larger
 * size is taken over by {@link #refresh}, and within a second by itself; a smaller one is refused
 * as long as the device is attached, by whichever way and whoever wants it.
 *
 * <p>Any thread may call; calls for one device wait for each other, those for different devices do
 * not. Needs root. The pool must stay open until this is closed.
 */
public final class Attachments implements AutoCloseable {
  /** The unit in which a block device is addressed, if nothing else is asked for. */
  public static final int DEFAULT_SECTOR_BYTES = 512;

  private static final String METERED_AS = "attach";
  private static final int LARGE_SECTOR_BYTES = 4096;

  private final ThinPool pool;
  private final AttachedDevices devices;
  private final SizeGuard sizes;
  private final Ways ways;
  private final StaleAttachments stale;
  private final Succession succession;
  private final Attacher attacher;
  private final Detacher detacher;
  private final Lookout lookout;
  private final Departure departure;

  /** Set once the records may be those of the next process. */
  private boolean closed;

  private Attachments(
      ThinPool pool,
      AttachFolder folder,
      NbdClient nbd,
      DeviceMeter meter,
      Optional<Duration> patience) {
    this.pool = pool;
    this.devices = new AttachedDevices(pool);
    this.sizes = devices::requireDetached;
    this.ways = new Ways(pool, nbd, folder, meter, patience.isPresent());
    this.stale = new StaleAttachments(folder, nbd);
    this.succession = new Succession(pool, folder.scratch(), patience);
    this.attacher = new Attacher(pool, devices, ways, stale, succession);
    this.detacher = new Detacher(devices, stale, succession);
    this.lookout = new Lookout(devices, detacher, succession, stale);
    this.departure = new Departure(devices, detacher, stale, succession);
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
    return open(pool, runFolder, new DeviceMeter(METERED_AS));
  }

  /**
   * The same, counting what the kernel asks of the devices.
   *
   * @param pool the pool
   * @param runFolder as above
   * @param meter is told of each request
   * @return no attachments yet, to be closed
   * @throws PoolException if the folder cannot be made or read
   */
  public static Attachments open(ThinPool pool, Path runFolder, DeviceMeter meter) {
    Attachments attachments = open(pool, runFolder, meter, Optional.empty());
    attachments.settle();
    return attachments;
  }

  /**
   * The same, keeping what is attached by a loop device for the next process that opens this: when
   * this one ends or is killed, whoever uses a device waits for that. What an earlier process kept
   * is served on in any case, and so is in the list from the beginning. {@link #settle} is to be
   * called when this process has all that it needs to go on; if it ends before that, what was kept
   * goes on waiting.
   *
   * @param pool the pool
   * @param runFolder as above; the pool's own where {@code veneer serve} is to go on, as the log
   *     advises
   * @param meter as above
   * @param patience how long those who wait do so, at least a second, before they are told that the
   *     device is gone; empty if nothing is to be kept
   * @return the attachments, to be closed
   * @throws PoolException if the folder cannot be made or read, or what was kept not be taken over
   */
  public static Attachments open(
      ThinPool pool, Path runFolder, DeviceMeter meter, Optional<Duration> patience) {
    AttachFolder folder = AttachFolder.in(runFolder);
    return open(pool, folder, NbdClient.ofThisMachine(folder.scratch()), meter, patience);
  }

  static Attachments open(ThinPool pool, AttachFolder folder, NbdClient nbd) {
    return open(pool, folder, nbd, new DeviceMeter(METERED_AS), Optional.empty());
  }

  private static Attachments open(
      ThinPool pool,
      AttachFolder folder,
      NbdClient nbd,
      DeviceMeter meter,
      Optional<Duration> patience) {
    Attachments attachments = new Attachments(pool, folder, nbd, meter, patience);
    try {
      attachments.start();
      return attachments;
    } catch (RuntimeException | Error e) {
      attachments.closeAfter(e);
      throw e;
    }
  }

  private void start() {
    pool.addSizeGuard(sizes);
    attacher.takeOver();
    stale.clean();
    lookout.start();
  }

  /** What was taken over is not to be answered any more: the caller closes the pool. */
  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /**
   * Ends what is there for the next process, if there is to be none: from now on what is attached
   * goes when this is closed, unless it was opened to keep it. Once, after opening.
   */
  public void settle() {
    succession.settle();
  }

  /**
   * Whether what is in use when this is closed goes on with the next process.
   *
   * @return whether it is kept
   */
  public boolean isKept() {
    return succession.isKept();
  }

  /**
   * Attaches a device, with sectors of {@value #DEFAULT_SECTOR_BYTES} bytes unless it is attached
   * with others already.
   *
   * @param device the device's name
   * @param readOnly whether writes shall be refused; they are for a sealed device in any case
   * @param via the way
   * @return where it is; where it already was, if it is attached in this way already
   * @throws PoolException if it cannot be attached, with what to do about it
   */
  public Attachment attach(String device, boolean readOnly, Via via) {
    return attach(device, readOnly, via, OptionalInt.empty());
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
  public Attachment attach(String device, boolean readOnly, Via via, int sectorBytes) {
    requireSector(device, sectorBytes);
    return attach(device, readOnly, via, OptionalInt.of(sectorBytes));
  }

  private Attachment attach(String device, boolean readOnly, Via via, OptionalInt sectorBytes) {
    return devices.inTurnOfDevice(
        device, info -> attacher.attach(info, readOnly, via, sectorBytes));
  }

  /**
   * Whether block devices can have sectors of a size.
   *
   * @param sectorBytes the size in bytes
   * @return true for 512 and 4096
   */
  public static boolean isSectorSize(int sectorBytes) {
    return sectorBytes == DEFAULT_SECTOR_BYTES || sectorBytes == LARGE_SECTOR_BYTES;
  }

  private static void requireSector(String device, int sectorBytes) {
    if (!isSectorSize(sectorBytes)) {
      throw PoolException.badRequest(
          "sectors have 512 or 4096 bytes: device=" + device + " sectorBytes=" + sectorBytes);
    }
  }

  /**
   * Takes a block device path back. What was written to it is durable on return.
   *
   * @param device the device's name, or what it was when it was removed; where no device has that
   *     name, the absolute path of its block device or flat file
   * @throws PoolException if it is not attached; or if it is mounted or open, with where or by
   *     whom, and then it stays attached; or, once, if writes to it have failed, and then the next
   *     call takes it back without them
   */
  public void detach(String device) {
    if (!devices.inTurnOfAttached(device, detacher::detach)) {
      AttachedDevice there = devices.at(device).orElseThrow(() -> notAttached(device));
      devices.inTurn(there, detacher::detach);
    }
  }

  private PoolException notAttached(String device) {
    List<String> leftovers = stale.clean(device);
    if (leftovers.isEmpty()) {
      pool.device(device); // there may be none of that name
      return PoolException.badRequest("device is not attached: device=" + device);
    }
    return PoolException.badRequest(
        "device is not attached, but left by an earlier server: "
            + leftovers.get(0)
            + " device="
            + device);
  }

  /**
   * Takes a block device path back as soon as nobody uses it: now, or within a second after its
   * last use. A new device of its name, if it is removed meanwhile, can be attached beside it; who
   * attaches the same device again keeps it.
   *
   * @param device the device's name; if it is not attached nothing happens
   */
  public void release(String device) {
    devices.inTurnOfAttached(device, detacher::release);
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
        devices.all().stream()
            .filter(each -> each.name().equals(device) && !each.readOnly())
            .flatMap(each -> each.mountPoints().stream())
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
    return devices.described();
  }

  /**
   * Tells what an earlier process left and could not be cleaned up, after trying again.
   *
   * @return one line each, with the command that does it; empty if nothing is left
   */
  public List<String> leftovers() {
    return stale.clean();
  }

  /**
   * Makes the kernel take over the sizes of devices that were resized, so that a file system on
   * them can be grown at once.
   */
  public void refresh() {
    lookout.takeOverSizes();
  }

  /**
   * Detaches everything, after what is under way. What is in use is kept for the next process if
   * that was asked for, and then this one must end soon; else it is written back as far as that is
   * possible and then cut off: its users see errors from now on, and the log says where it is
   * mounted. Idempotent.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    lookout.close();
    devices.close();
    departure.endAll();
    ways.close();
    pool.removeSizeGuard(sizes);
  }
}

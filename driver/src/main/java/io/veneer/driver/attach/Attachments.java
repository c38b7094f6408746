// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.meter.DeviceMeter;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of a pool that have a block device path.
 *
 * <p>An attachment keeps its device open: renaming it changes only what the attachment is called,
 * removing it takes the name away, and what is attached works on until it is detached. A new size
 * is taken over by {@link #refresh}, and within a second by itself.
 *
 * <p>Any thread may call; calls for one device wait for each other, those for different devices do
 * not. Needs root. The pool must stay open until this is closed.
 */
public final class Attachments implements AutoCloseable {
  /** The unit in which a block device is addressed, if nothing else is asked for. */
  public static final int DEFAULT_SECTOR_BYTES = 512;

  private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
  private static final String METERED_AS = "attach";
  private static final int LARGE_SECTOR_BYTES = 4096;
  private static final long LOOK_ROUND_SECONDS = 1;
  private static final int CLOSING_THREADS = 16;

  private final ThinPool pool;
  private final Ways ways;
  private final AttachFolder folder;
  private final StaleAttachments stale;
  private final Succession succession;
  private final List<AttachedDevice> entries = new CopyOnWriteArrayList<>();
  private final Turns turns = new Turns();
  private final ScheduledExecutorService lookout;

  private Attachments(
      ThinPool pool,
      AttachFolder folder,
      NbdClient nbd,
      DeviceMeter meter,
      Optional<Duration> patience) {
    this.pool = pool;
    this.folder = folder;
    this.succession = new Succession(pool, folder.scratch(), patience);
    this.ways = new Ways(pool, nbd, folder.socket(), meter, patience.isPresent());
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
   * @param runFolder as above
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
    takeOver();
    stale.clean();
    lookout.scheduleWithFixedDelay(
        this::lookRound, LOOK_ROUND_SECONDS, LOOK_ROUND_SECONDS, TimeUnit.SECONDS);
  }

  /** What was taken over is not to be answered any more: the caller closes the pool. */
  private void closeAfter(Throwable failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void takeOver() {
    for (Succession.Resumed each : succession.takeOver(ways::options)) {
      stale.adopt(each.record());
      AttachedDevice entry =
          new AttachedDevice(each.device(), each.info(), Via.LOOP, each.record(), each.attached());
      entries.add(entry);
      takeOverSize(entry);
    }
  }

  /** The last server may have been killed between a change of the size and telling the kernel. */
  private static void takeOverSize(AttachedDevice entry) {
    try {
      entry.resize();
    } catch (RuntimeException e) {
      LOG.warn("size not taken over: {} cause={}", entry.described(), e.toString());
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
    while (true) {
      int id = pool.device(device).id();
      if (!turns.take(id)) {
        throw PoolException.badRequest("attachments are closed, the server is going down");
      }
      try {
        DeviceInfo info = pool.device(device);
        if (info.id() == id) {
          return attachInTurn(info, readOnly, via, sectorBytes);
        }
      } finally {
        turns.give(id);
      }
    }
  }

  private Attachment attachInTurn(
      DeviceInfo info, boolean readOnly, Via via, OptionalInt sectorBytes) {
    for (AttachedDevice entry : entries) {
      if (entry.name().equals(info.name()) && !isLeaving(entry, info)) {
        requireSame(entry, info, readOnly || info.sealed(), via, sectorBytes);
        return entry.described();
      }
    }
    int sector = sectorBytes.orElse(DEFAULT_SECTOR_BYTES);
    return make(info, readOnly, ways.choose(via), sector).described();
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

  private void requireSector(String device, int sectorBytes) {
    if (!isSectorSize(sectorBytes)) {
      throw PoolException.badRequest(
          "sectors have 512 or 4096 bytes: device=" + device + " sectorBytes=" + sectorBytes);
    }
  }

  /** Whether it is of an earlier device of that name, and goes by itself; it may go now. */
  private static boolean isLeaving(AttachedDevice entry, DeviceInfo info) {
    if (entry.deviceId() == info.id()) {
      entry.setReleased(false);
      return false;
    }
    return entry.isReleased();
  }

  private static void requireSame(
      AttachedDevice entry, DeviceInfo info, boolean readOnly, Via via, OptionalInt sectorBytes) {
    if (entry.deviceId() != info.id()) {
      throw PoolException.badRequest(
          "an earlier device of this name is still attached, detach it first: " + entry.named());
    }
    if (!entry.attached().hasBlockDevice()) {
      throw PoolException.badRequest(
          "the block device was let go of, detach the device first: " + entry.named());
    }
    int attachedBytes = entry.attached().sectorBytes();
    boolean sameWay = via == Via.AUTO || via == entry.via();
    if (entry.readOnly() != readOnly
        || !sameWay
        || sectorBytes.orElse(attachedBytes) != attachedBytes) {
      throw PoolException.badRequest(
          "device is attached in another way, detach it first: "
              + entry.named()
              + " readOnly="
              + entry.readOnly()
              + " via="
              + entry.via().name().toLowerCase(Locale.ROOT)
              + " sectorBytes="
              + attachedBytes);
    }
  }

  private AttachedDevice make(DeviceInfo info, boolean readOnly, Via via, int sectorBytes) {
    if (via == Via.LOOP) {
      succession.requireAnswer();
    }
    Path record = stale.claim(info.name());
    try {
      BlockDevice device =
          readOnly ? pool.openDeviceReadOnly(info.name()) : pool.openDevice(info.name());
      BlockDevice logged = succession.logging(device, info.id());
      Attached attached = ways.attach(logged, via, folder, record, sectorBytes);
      AttachedDevice entry = new AttachedDevice(logged, info, via, record, attached);
      keep(entry);
      entries.add(entry);
      LOG.info("attached: {}", entry.described());
      return entry;
    } catch (RuntimeException | Error e) {
      stale.giveUp(record);
      throw e;
    }
  }

  private void keep(AttachedDevice entry) {
    try {
      succession.keep(entry);
    } catch (RuntimeException | Error e) {
      entry.attached().abandon();
      throw e;
    }
  }

  /**
   * Takes a block device path back. What was written to it is durable on return.
   *
   * @param device the device's name, or what it was when it was removed
   * @throws PoolException if it is not attached; or if it is mounted or open, with where or by
   *     whom, and then it stays attached; or, once, if writes to it have failed, and then the next
   *     call takes it back without them
   */
  public void detach(String device) {
    if (!inTurn(device, this::detach)) {
      throw PoolException.badRequest("device is not attached: device=" + device);
    }
  }

  /** Does something with an attachment, after what others do with it; false if there is none. */
  private boolean inTurn(String device, Consumer<AttachedDevice> work) {
    while (true) {
      Optional<Integer> id = find(device).map(AttachedDevice::deviceId).or(() -> inPool(device));
      if (id.isEmpty() || !turns.take(id.get())) {
        return false;
      }
      try {
        Optional<AttachedDevice> entry = find(device);
        if (entry.isEmpty() || entry.get().deviceId() == id.get()) {
          entry.ifPresent(work);
          return entry.isPresent();
        }
      } finally {
        turns.give(id.get());
      }
    }
  }

  /** The attachment of that name; of several the last, as the others are of removed devices. */
  private Optional<AttachedDevice> find(String device) {
    return entries.stream().filter(e -> e.name().equals(device)).reduce((one, next) -> next);
  }

  /** The id of a device that may be about to be attached. */
  private Optional<Integer> inPool(String device) {
    try {
      return Optional.of(pool.device(device).id());
    } catch (NoSuchDeviceException e) {
      return Optional.empty();
    }
  }

  private void detach(AttachedDevice entry) {
    detach(entry, this::takeBack);
  }

  private void detach(AttachedDevice entry, Consumer<AttachedDevice> taking) {
    Attachment described = entry.described();
    requireUnused(entry);
    taking.accept(entry);
    entries.remove(entry);
    stale.giveUp(entry.record());
    LOG.info("detached: {}", described);
  }

  private static void requireUnused(AttachedDevice entry) {
    if (entry.attached().hasBlockDevice()) {
      BlockDeviceUsers.requireNone(entry.attached().path());
    }
  }

  /** The keeper lets go first, as it has the device open, too. */
  private void takeBack(AttachedDevice entry) {
    succession.drop(entry);
    try {
      entry.attached().detach();
    } catch (RuntimeException e) {
      keepAgain(entry, e);
      throw e;
    }
  }

  /** Where nobody would ask again, it goes without the writes that have failed. */
  private void takeBackAtLast(AttachedDevice entry) {
    try {
      takeBack(entry);
    } catch (LostWritesException e) {
      takeBack(entry);
      LOG.warn(
          "writes to it have failed, and what was written last may be missing: {}",
          entry.described());
    }
  }

  private void keepAgain(AttachedDevice entry, RuntimeException reason) {
    try {
      succession.keepStill(entry);
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  /**
   * Takes a block device path back as soon as nobody uses it: now, or within a second after its
   * last use. A new device of its name, if it is removed meanwhile, can be attached beside it; who
   * attaches the same device again keeps it.
   *
   * @param device the device's name; if it is not attached nothing happens
   */
  public void release(String device) {
    inTurn(
        device,
        entry -> {
          entry.setReleased(true);
          detachIfUnused(entry);
        });
  }

  private void detachIfUnused(AttachedDevice entry) {
    try {
      detach(entry, this::takeBackAtLast);
    } catch (PoolException e) {
      LOG.debug("still in use: {} cause={}", entry.described(), e.getMessage());
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
        entries.stream()
            .filter(each -> each.name().equals(device) && !each.readOnly())
            .flatMap(each -> mountPoints(each).stream())
            .limit(1)
            .toList();
    QuietFileSystems.during(points, work);
  }

  private static List<String> mountPoints(AttachedDevice entry) {
    return entry.attached().hasBlockDevice()
        ? BlockDeviceUsers.mountPoints(entry.attached().path())
        : List.of();
  }

  /**
   * Lists what is attached.
   *
   * @return the attachments, in the order in which they were made
   */
  public List<Attachment> list() {
    return entries.stream()
        .map(entry -> isRemoved(entry) ? entry.described().asRemoved() : entry.described())
        .toList();
  }

  /** Whether its device is not in the pool any more, or another has its name by now. */
  private boolean isRemoved(AttachedDevice entry) {
    try {
      return inPool(entry.name()).filter(id -> id == entry.deviceId()).isEmpty();
    } catch (PoolException e) {
      return false; // a damaged record is there, and must not hide what is attached
    }
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
    for (AttachedDevice entry : entries) {
      if (entry.hasNewSize() && turns.take(entry.deviceId())) {
        lookAt(entry, this::refresh);
      }
    }
  }

  private void refresh(AttachedDevice entry) {
    if (entry.hasNewSize()) {
      entry.resize();
      LOG.info("resized: {}", entry.described());
    }
  }

  /** Does something with an attachment, whose turn this thread has, unless it is gone. */
  private void lookAt(AttachedDevice entry, Consumer<AttachedDevice> work) {
    try {
      if (entries.contains(entry)) {
        work.accept(entry);
      }
    } finally {
      turns.give(entry.deviceId());
    }
  }

  private void lookRound() {
    try {
      refresh();
      succession.look();
      for (AttachedDevice entry : entries) {
        if (entry.isReleased() && turns.tryTake(entry.deviceId())) {
          lookAt(entry, this::detachIfReleased);
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("attachments not looked after: {}", e.toString());
    }
  }

  private void detachIfReleased(AttachedDevice entry) {
    if (entry.isReleased()) {
      detachIfUnused(entry);
    }
  }

  /**
   * Detaches everything, after what is under way. What is in use is kept for the next process if
   * that was asked for, and then this one must end soon; else it is written back as far as that is
   * possible and then cut off: its users see errors from now on, and the log says where it is
   * mounted. Idempotent.
   */
  @Override
  public synchronized void close() {
    lookout.shutdown(); // a round under way is not interrupted, as it may be writing
    awaitEnd(lookout);
    turns.close();
    ExecutorService threads = Executors.newFixedThreadPool(CLOSING_THREADS);
    AtomicBoolean left = new AtomicBoolean();
    for (AttachedDevice entry : entries) {
      threads.execute(() -> left.compareAndSet(false, detachOrLeave(entry)));
    }
    entries.clear();
    threads.shutdown();
    awaitEnd(threads);
    succession.close(left.get());
    ways.close();
  }

  /** What is written back now cannot be later, so an interrupted thread waits for it too. */
  private static void awaitEnd(ExecutorService threads) {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it is left for the next process. */
  private boolean detachOrLeave(AttachedDevice entry) {
    try {
      requireUnused(entry);
      takeBackAtLast(entry);
      stale.giveUp(entry.record());
      return false;
    } catch (RuntimeException e) {
      if (entry.attached().files(entry).isPresent() && succession.canLeave()) {
        leave(entry);
        return true;
      }
      String why = e instanceof LostWritesException ? "not written back" : "while in use";
      LOG.warn("cut off {}: {} cause={}", why, entry.described(), e.getMessage());
      cutOff(entry);
      return false;
    }
  }

  private void cutOff(AttachedDevice entry) {
    MountedFileSystems.writeBack(mountPoints(entry));
    succession.forget(entry);
    try {
      entry.attached().abandon();
    } catch (RuntimeException e) {
      LOG.warn("cut off half: {} cause={}", entry.described(), e.getMessage());
    }
  }

  /** What could not be made durable is in the log, for the next process. */
  private void leave(AttachedDevice entry) {
    LOG.info("left in use: {}", entry.described());
    try {
      entry.attached().leave();
    } catch (RuntimeException e) {
      LOG.warn("not durable yet: {} cause={}", entry.described(), e.getMessage());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.driver.fuse.FuseOptions;
import io.veneer.driver.host.ShellWord;
import io.veneer.driver.keep.Keeper;
import io.veneer.driver.keep.KeeperStuckException;
import io.veneer.driver.keep.KeptFiles;
import io.veneer.driver.keep.PoolCommits;
import io.veneer.thinpool.BlockDevice;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolStatus;
import io.veneer.thinpool.pool.ThinPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a pool's servers hand on: takes over the attachments that the last one left with its keeper,
 * and sees to it that the next one can. Where nothing is to be kept it does nothing.
 *
 * <p>Any thread; calls for one attachment come one at a time, {@link #takeOver} before all others.
 */
final class Succession {
  private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

  private final ThinPool pool;
  private final PoolCommits commits;
  private final Path runFolder;
  private final Optional<Duration> patience;

  /** Null where nothing is kept. */
  private volatile Keeper keeper;

  private volatile boolean brokenTold;

  Succession(ThinPool pool, Path runFolder, Optional<Duration> patience) {
    this.pool = pool;
    this.commits = PoolCommits.of(pool);
    this.runFolder = runFolder;
    this.patience = patience;
  }

  /** An attachment of the last server that this one goes on with. */
  record Resumed(DeviceInfo info, BlockDevice device, LoopAttached attached, Path record) {}

  /**
   * Takes over from the last server. Before anything is answered, all that it had answered is in
   * the pool and durable.
   *
   * @param options how to serve a device
   * @return what is served on; the rest of what was kept is ended
   */
  List<Resumed> takeOver(Function<BlockDevice, FuseOptions> options) {
    Optional<Keeper> found = Keeper.find(runFolder, patience);
    List<Resumed> resumed = found.map(left -> resumeOrLeave(left, options)).orElse(List.of());
    keeper = found.or(() -> patience.map(longest -> Keeper.start(runFolder, longest))).orElse(null);
    return resumed;
  }

  /**
   * From now on nothing is kept, if that was not asked for. Before, what was taken over would be
   * left to the keeper again, so that a server that does not get going does no harm.
   */
  void settle() {
    Keeper last = keeper;
    if (patience.isEmpty() && last != null) {
      keeper = null;
      last.end();
      last.log().end();
      last.close();
    }
  }

  /** What a server that does not get going has taken is for the next. */
  private List<Resumed> resumeOrLeave(Keeper left, Function<BlockDevice, FuseOptions> options) {
    try {
      return resume(left, options);
    } catch (RuntimeException | Error e) {
      left.close();
      throw e;
    }
  }

  private List<Resumed> resume(Keeper left, Function<BlockDevice, FuseOptions> options) {
    PoolStatus status = pool.status();
    if (!status.needsCheck()) { // else the last superblock may be one of a failed commit
      left.log().dropCommitted(status.commitSequence());
    }
    Map<Integer, DeviceInfo> infos = new HashMap<>();
    pool.devices().forEach(info -> infos.put(info.id(), info));
    Map<Integer, BlockDevice> devices = new HashMap<>();
    try {
      for (KeptFiles each : left.taken()) {
        open(each, infos).ifPresent(device -> devices.put(each.device().deviceId(), device));
      }
      repeat(left, devices);
      giveUp(left, devices.keySet());
    } catch (RuntimeException | Error e) {
      devices.values().forEach(BlockDevice::close);
      throw e;
    }
    List<Resumed> resumed = new ArrayList<>();
    for (KeptFiles each : left.taken()) {
      int id = each.device().deviceId();
      if (devices.containsKey(id)) {
        resumed.add(resume(left, each, infos.get(id), devices.get(id), options));
      }
    }
    return resumed;
  }

  /** Ends what is of other devices than these; before any is answered, as this can fail. */
  private static void giveUp(Keeper left, Set<Integer> devices) {
    for (KeptFiles each : left.taken()) {
      if (!devices.contains(each.device().deviceId())) {
        LOG.warn("not served on: file={}", each.device().record());
        left.drop(each.device().record());
        each.abort();
      }
    }
  }

  /** A device that cannot be opened must not keep all others waiting. */
  private Optional<BlockDevice> open(KeptFiles files, Map<Integer, DeviceInfo> infos) {
    DeviceInfo info = infos.get(files.device().deviceId());
    if (info == null) {
      LOG.warn("device was removed: file={}", files.device().record());
      return Optional.empty();
    }
    boolean readOnly = files.device().readOnly() || info.sealed();
    try {
      return Optional.of(
          readOnly ? pool.openDeviceReadOnly(info.name()) : pool.openDevice(info.name()));
    } catch (PoolException e) {
      LOG.error("cannot be opened: device={} cause={}", info.name(), e.getMessage());
      return Optional.empty();
    }
  }

  /** A device that cannot be given what it had is not served on: it would be silently wrong. */
  private void repeat(Keeper left, Map<Integer, BlockDevice> devices) {
    Set<Integer> failed = new HashSet<>();
    left.log()
        .repeat(
            id -> writable(devices.get(id)),
            (id, failure) -> {
              LOG.error("lost what was written: device={} cause={}", id, failure.toString());
              failed.add(id);
            });
    failed.forEach(id -> devices.remove(id).close());
    left.log().covered(commits);
  }

  /** What is sealed was durable before. */
  private static BlockDevice writable(BlockDevice device) {
    return device == null || device.isReadOnly() ? null : device;
  }

  private Resumed resume(
      Keeper left,
      KeptFiles files,
      DeviceInfo info,
      BlockDevice device,
      Function<BlockDevice, FuseOptions> options) {
    BlockDevice logged = left.log().logging(device, info.id(), commits);
    LoopAttached attached = LoopAttached.resume(logged, files, options.apply(device));
    LOG.info("served on: device={} path={}", info.name(), attached.path());
    return new Resumed(info, logged, attached, files.device().record());
  }

  /** Whether attachments that are in use outlive the server. */
  boolean isKept() {
    return keeper != null;
  }

  /** The device as it is to be attached. */
  BlockDevice logging(BlockDevice device, int id) {
    Keeper now = keeper;
    return now == null ? device : now.log().logging(device, id, commits);
  }

  /** Keeps an attachment from now on, whose device the next server must find. */
  void keep(AttachedDevice entry) {
    Keeper now = keeper;
    if (now == null) {
      return;
    }
    Optional<KeptFiles> files = entry.attached().files(entry);
    if (files.isEmpty()) {
      String needed = entry.via() == Via.LOOP ? "Linux 6.9 is" : "an attachment via loop is";
      LOG.warn("does not outlive the server, {} needed: {}", needed, entry.described());
      return;
    }
    pool.commit();
    now.keep(files.get());
  }

  /**
   * Keeps what could not be taken back; a keeper that does not answer now hears of it later. What
   * has lost its block device is of no use to the next process, and is not kept.
   */
  void keepStill(AttachedDevice entry) {
    Keeper now = keeper;
    if (now != null) {
      entry.attached().files(entry).ifPresent(now::keepStill);
    }
  }

  /** Before the open files of an attachment that stays in use are closed. */
  void forget(AttachedDevice entry) {
    Keeper now = keeper;
    if (now != null) {
      now.forget(entry.record());
    }
  }

  /**
   * Before something is attached that is to be kept, so that nothing of it has to be taken back.
   *
   * @throws KeeperStuckException if the keeper does not answer
   * @throws PoolException if it is gone, and there can be no other
   */
  void requireAnswer() {
    Keeper now = keeper;
    if (now != null) {
      now.require();
    }
  }

  /**
   * Before an attachment is taken back.
   *
   * @throws KeeperStuckException if the keeper does not let go, as it does not answer
   */
  void drop(AttachedDevice entry) {
    Keeper now = keeper;
    if (now != null) {
      try {
        now.drop(entry.record());
      } catch (KeeperStuckException e) {
        throw e;
      } catch (PoolException e) {
        tellBroken(e);
      }
    }
  }

  /** Every now and then, so that little has to be repeated and the log stays small. */
  void look() {
    Keeper now = keeper;
    if (now != null && canLeave()) {
      now.log().covered(commits);
    }
  }

  /** Whether what is in use can be left to a keeper, which may be another than before. */
  boolean canLeave() {
    Keeper now = keeper;
    if (now == null) {
      return false;
    }
    try {
      now.require();
      if (brokenTold) {
        brokenTold = false;
        LOG.info("what is attached is kept again");
      }
      return true;
    } catch (PoolException e) {
      if (now == keeper) {
        tellBroken(e);
      }
      return false;
    }
  }

  /** The server ends, and leaves something in use behind or nothing. */
  void close(boolean somethingLeft) {
    Keeper now = keeper;
    if (now == null) {
      return;
    }
    keeper = null;
    if (somethingLeft) {
      LOG.warn(
          "kept for the next server, start it {}: veneer serve {}",
          patience.map(longest -> "within " + longest.toSeconds() + " s").orElse("soon"),
          ShellWord.of(runFolder));
    } else {
      now.end();
    }
    now.close();
  }

  private void tellBroken(PoolException e) {
    if (!brokenTold) {
      brokenTold = true;
      LOG.warn("{}", e.getMessage());
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import io.veneer.thinpool.PoolException;
import java.nio.file.Path;
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
 * Cleans up what a server that died left attached: FUSE files that nobody serves, the loop devices
 * on them, and connections of the kernel's NBD client. A file system that is still mounted on one
 * is dead. Where it is mounted in the run folder the server did that, and it is taken away;
 * elsewhere it is its owner's to unmount, is reported, and tried again later.
 *
 * <p>Any thread. Files are claimed and given up here, so that none is cleaned up while it is made,
 * nor by two threads. A leftover whose clean-up hangs holds up nobody who wants something else: the
 * work is done without the lock, and waited for only so long; see {@link CleanUp}.
 */
final class StaleAttachments {
  private static final Logger LOG = LoggerFactory.getLogger(StaleAttachments.class);

  private final AttachFolder folder;
  private final NbdClient nbd;

  /** Files of this process. */
  private final Set<Path> own = new HashSet<>();

  /** What is being cleaned up: its name must not be another's before that is over. */
  private final Map<Path, CleanUp> running = new HashMap<>();

  /** What was reported already. */
  private final Set<String> reported = new HashSet<>();

  /** Whether there is something to try again. */
  private volatile boolean someLeft;

  /** Whether what is not this process's is stale: before that, it may be about to be adopted. */
  private volatile boolean begun;

  /** Whether the files may be the next process's. */
  private volatile boolean over;

  StaleAttachments(AttachFolder folder, NbdClient nbd) {
    this.folder = folder;
    this.nbd = nbd;
  }

  /** Cleans up what can be; a line for each of what cannot, with what to do. */
  List<String> clean() {
    begun = true;
    someLeft = false; // before looking: what is given up meanwhile must not be forgotten
    List<String> leftovers = cleanAll(folder.files());
    if (!leftovers.isEmpty()) {
      someLeft = true;
    }
    report(leftovers);
    return leftovers;
  }

  private synchronized void report(List<String> leftovers) {
    for (String leftover : leftovers) {
      if (reported.add(leftover)) {
        LOG.warn("left by an earlier process: {}", leftover);
      }
    }
  }

  /** The same if there was something left, else nothing; may take as long. */
  void cleanAgain() {
    if (someLeft) {
      clean();
    }
  }

  /** Cleans up what is of one device only; what cannot be. */
  List<String> clean(String device) {
    return cleanAll(folder.filesOf(device));
  }

  private List<String> cleanAll(List<Path> files) {
    List<String> leftovers = new ArrayList<>();
    for (Path file : files) {
      workOn(file, Leftover::clean).ifPresent(leftovers::add);
    }
    return leftovers;
  }

  /** Has something done with a leftover, after what is done with it unless that hangs; the rest. */
  private Optional<String> workOn(Path file, Function<Leftover, Optional<String>> work) {
    Optional<CleanUp> earlier = running(file);
    if (earlier.isPresent()) {
      Optional<String> left = earlier.get().await();
      if (!earlier.get().isOver()) {
        return left;
      }
    }
    return begin(file, work).flatMap(CleanUp::await);
  }

  private synchronized Optional<CleanUp> running(Path file) {
    return Optional.ofNullable(running.get(file));
  }

  private synchronized Optional<CleanUp> begin(
      Path file, Function<Leftover, Optional<String>> work) {
    if (own.contains(file)) {
      return Optional.empty();
    }
    Leftover leftover = new Leftover(folder, nbd, file, () -> over);
    return Optional.of(
        running.computeIfAbsent(
            file, same -> CleanUp.begin(leftover, () -> thenEnd(leftover, same, work))));
  }

  private Optional<String> thenEnd(
      Leftover leftover, Path file, Function<Leftover, Optional<String>> work) {
    try {
      return work.apply(leftover);
    } finally {
      end(file);
    }
  }

  private synchronized void end(Path file) {
    running.remove(file);
  }

  /**
   * At the end of this process: whatever is still in use then goes with its last user, as nobody
   * may come to clean it up. What the next process goes on with stays as it is, and so does what
   * hangs.
   */
  void leaveBehind() {
    if (begun) {
      try {
        leaveAllBehind();
      } finally {
        over = true;
      }
    }
  }

  private void leaveAllBehind() {
    for (String leftover : cleanAll(folder.files())) {
      LOG.warn("left behind: {}", leftover);
    }
    for (Path file : folder.files()) {
      workOn(file, StaleAttachments::takeOutOfSight);
    }
  }

  private static Optional<String> takeOutOfSight(Leftover leftover) {
    leftover.takeOutOfSight();
    return Optional.empty();
  }

  /** A file of this process whose attachment was cut off, and is cleaned up as others are. */
  synchronized void disown(Path file) {
    own.remove(file);
  }

  /** A new file for a device of this process, left alone until it is given up. */
  Path claim(String device) {
    clean(device);
    return create(device);
  }

  private synchronized Path create(String device) {
    Path file = folder.create(device, running.keySet());
    own.add(file);
    return file;
  }

  /** A file that an earlier process made, and that this one goes on with. */
  synchronized void adopt(Path file) {
    own.add(file);
  }

  /** Deletes a file; if that fails, it is the remains of an attachment like others. */
  synchronized void giveUp(Path file) {
    own.remove(file);
    try {
      folder.delete(file);
    } catch (PoolException e) {
      someLeft = true;
      throw e;
    }
  }
}

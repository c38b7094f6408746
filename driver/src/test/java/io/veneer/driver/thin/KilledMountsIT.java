// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.thin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.attach.KilledServer;
import io.veneer.driver.host.HostMounts;
import io.veneer.driver.host.HostNodes;
import io.veneer.driver.nbd.Program;
import io.veneer.thinpool.DeviceInfo;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed while it attaches, mounts, unmounts, detaches and commits a container:
 * whoever opens the pool next finds nothing mounted or attached, no device that nobody knows, and
 * the container with all that was forced to it.
 */
@Timeout(300)
class KilledMountsIT {
  private static final int ROUNDS_OF_EACH = 3;
  private static final long END_SECONDS = 20;

  /** How far the container was when the process was killed. */
  private enum Step {
    /** A FUSE file, and no block device on it. */
    SERVED,
    /** A block device, which is not mounted. */
    ATTACHED,
    /** Mounted. */
    MOUNTED,
    /** Between two. */
    NONE
  }

  @TempDir private Path scratch;
  private Path folder;
  private Process process;
  private final Set<String> said = new TreeSet<>();
  private final Map<Step, Integer> killed = new EnumMap<>(Step.class);
  private int next;

  @BeforeEach
  void makeContainer() throws IOException {
    Program.skipUnless(HostNodes.isRoot(), "mounting needs root");
    Program.skipUnless(Files.exists(Path.of("/dev/loop-control")), "no loop devices");
    folder = scratch.toRealPath().resolve("pool");
    ThinPool.create(folder, PoolOptions.ofSize(1L << 30));
    try (ThinPool pool = ThinPool.open(folder);
        Attachments attachments = Attachments.open(pool, folder);
        StorageDriver driver = MountingProcess.open(pool, attachments, folder)) {
      driver.create(MountingProcess.CONTAINER, "", Map.of());
    }
  }

  @AfterEach
  void cleanUp() throws Exception {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
    for (Path left : HostMounts.mountedUnder(scratch.toRealPath())) {
      HostMounts.unmount(left);
    }
  }

  @Test
  void nothingStaysOfWhatIsKilledAtAnyStep() throws Exception {
    for (int round = 0; round < ROUNDS_OF_EACH; round++) {
      for (Step step : List.of(Step.SERVED, Step.ATTACHED, Step.MOUNTED)) {
        killAt(step);
        Step found = step();
        killed.merge(found, 1, Integer::sum);
        checkNext(step + " found " + found);
      }
    }
    System.out.println("killed " + killed);
    // A block device that is not mounted goes with the process.
    assertTrue(killed.keySet().containsAll(List.of(Step.SERVED, Step.MOUNTED)), killed::toString);
  }

  private void killAt(Step step) throws Exception {
    process = start();
    while (Files.size(output()) == 0 || step() != step) {
      assertTrue(process.isAlive(), this::log); // it is warm when it has said something
    }
    process.destroyForcibly();
    if (!process.waitFor(1, TimeUnit.SECONDS)) {
      KilledServer.free(folder.resolve("lock"), folder);
    }
    assertTrue(process.waitFor(END_SECONDS, TimeUnit.SECONDS), "the killed process does not end");
    Files.readAllLines(output()).forEach(this::say);
  }

  private Path output() {
    return scratch.resolve("output");
  }

  private Process start() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
                "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
                "-Djnr.ffi.x86asm.enabled=false",
                "-Dchronicle.analytics.disable=true",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                MountingProcess.class.getName(),
                folder.toString(),
                Integer.toString(next)));
    return new ProcessBuilder(command)
        .redirectOutput(output().toFile())
        .redirectError(scratch.resolve("log").toFile())
        .start();
  }

  private String log() {
    try {
      return Files.readString(scratch.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** What was said last may have been done further. */
  private void say(String line) {
    said.add(line);
    next = Math.max(next, Integer.parseInt(line.replaceAll("[a-z]", "")) + 2);
  }

  private Step step() throws IOException {
    List<Path> mounted = HostMounts.mountedUnder(folder);
    if (mounted.stream().anyMatch(each -> each.startsWith(folder.resolve("volumes")))) {
      return Step.MOUNTED;
    }
    if (mounted.isEmpty()) {
      return Step.NONE;
    }
    return loops().isEmpty() ? Step.SERVED : Step.ATTACHED;
  }

  private List<String> loops() throws IOException {
    try (Stream<Path> devices = Files.list(Path.of("/sys/block"))) {
      return devices.filter(this::isOurs).map(Path::toString).toList();
    }
  }

  private boolean isOurs(Path device) {
    try {
      return Files.readString(device.resolve("loop/backing_file")).startsWith(folder.toString());
    } catch (IOException e) {
      return false;
    }
  }

  private void checkNext(String round) throws IOException {
    try (ThinPool pool = ThinPool.open(folder);
        Attachments attachments = Attachments.open(pool, folder);
        StorageDriver driver = MountingProcess.open(pool, attachments, folder)) {
      assertEquals(List.of(), attachments.leftovers(), round);
      assertEquals(List.of(), HostMounts.mountedUnder(folder), round);
      assertEquals(List.of(), loops(), round);
      assertEquals(List.of(), names(folder.resolve("attach")), round);
      assertEquals(List.of(), names(folder.resolve("volumes/mounts")), round);
      checkContents(pool, driver, round);
    }
  }

  private void checkContents(ThinPool pool, StorageDriver driver, String round) throws IOException {
    Set<String> keys = new TreeSet<>();
    driver.walk(info -> keys.add(info.key()));
    Set<String> devices = new TreeSet<>(pool.devices().stream().map(DeviceInfo::name).toList());
    devices.removeIf(device -> device.startsWith("veneer-base"));
    assertEquals(keys, devices, round);
    checkLayerOfWhatWasLeft(driver, round);
    Path root = driver.get(MountingProcess.CONTAINER);
    for (String line : said) {
      if (line.startsWith("layer")) {
        assertTrue(keys.contains(line), () -> round + " " + line + " of " + keys);
      } else {
        int number = Integer.parseInt(line.substring("file".length()));
        assertEquals(
            MountingProcess.text(number), Files.readString(root.resolve(line)), round + line);
      }
    }
    Files.writeString(root.resolve("writable"), round);
    driver.put(MountingProcess.CONTAINER);
  }

  /** Whoever mounts it read-only cannot replay its journal. */
  private void checkLayerOfWhatWasLeft(StorageDriver driver, String round) throws IOException {
    String name = "after" + next;
    driver.commitAndContinue(name, MountingProcess.CONTAINER, Map.of());
    driver.view("look", name, Map.of());
    Path view = driver.get("look");
    for (String line : said) {
      assertTrue(line.startsWith("layer") || Files.exists(view.resolve(line)), round + line);
    }
    driver.put("look");
    driver.remove("look");
  }

  private static List<Path> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.veneer.driver.engines.Containerd;
import io.veneer.driver.engines.Daemon;
import io.veneer.driver.engines.LocalImage;
import io.veneer.driver.engines.Programs;
import io.veneer.driver.engines.ServeDriver;
import io.veneer.driver.engines.TestFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real containerd, ctr and runc on a driver of ours, each in a process of its own. */
abstract class ContainerdTrial {
  private static final String IMAGE = "local/busybox";
  private static final int AT_ONCE = 16;

  private TestFolder folder;
  private Path socket;
  private Daemon server;
  private Containerd containerd;

  /** The driver's name, as {@link ServeDriver} takes it. */
  abstract String driver();

  /** How many containers run at once. */
  abstract int containersAtOnce();

  @BeforeEach
  void start() throws IOException {
    Programs.require("containerd", "ctr", "runc", "containerd-shim-runc-v2", "umoci", "busybox");
    folder = new TestFolder();
    socket = folder.path().resolve("v.sock");
    serve();
    containerd = Containerd.start(folder.path().resolve("c"), socket);
  }

  private void serve() throws IOException {
    Path log = folder.path().resolve("server.log");
    server = ServeDriver.start(log, driver(), folder.path().resolve("home"), socket, "-");
  }

  /** containerd waits longer and longer before it tries a lost connection again. */
  private void serveAgain() throws IOException {
    serve();
    Object[] ctr = {"snapshots", "--snapshotter", Containerd.SNAPSHOTTER};
    Programs.awaitSuccess(containerd.command(with(ctr, "prepare", "probe")));
    containerd.ctr(with(ctr, "rm", "probe"));
  }

  @AfterEach
  void end() throws IOException {
    if (folder == null) {
      return;
    }
    try {
      if (containerd != null) {
        containerd.close();
      }
    } finally {
      server.close();
      folder.close();
    }
  }

  private String run(String id, String... words) throws IOException {
    return containerd.ctr(runCommand(id, words));
  }

  private static Object[] runCommand(String id, String... words) {
    List<Object> command =
        new ArrayList<>(
            List.of("run", "--rm", "--snapshotter", Containerd.SNAPSHOTTER, IMAGE + ":1", id));
    command.addAll(List.of(words));
    return command.toArray();
  }

  private List<String> snapshots(String namespace) throws IOException {
    String table =
        containerd.ctr("-n", namespace, "snapshots", "--snapshotter", Containerd.SNAPSHOTTER, "ls");
    return table.lines().skip(1).map(String::strip).toList();
  }

  @Test
  void imagesAreImportedAndContainersRun() throws IOException {
    containerd.importImage(LocalImage.busybox(folder.path(), "1", 1, 1), IMAGE);
    assertEquals(3, snapshots("default").size());
    assertEquals("hello\n", run("c1", "/bin/echo", "hello"));
    assertEquals(
        "0\n1\nnew\n",
        run("c2", "/bin/sh", "-c", "echo x > /data/new; rm /etc/passwd; ls /data; ls /etc"));
    assertEquals("passwd\n", run("c3", "/bin/ls", "/etc"), "what a container removed is there");
    assertEquals(3, snapshots("default").size(), "snapshots of containers went with them");
  }

  @Test
  void snapshotsCanBeHandledByHand() throws IOException {
    containerd.importImage(LocalImage.busybox(folder.path(), "1"), IMAGE);
    String base = snapshots("default").get(0).split(" +")[0];
    Path target = folder.path().resolve("target");
    assertTrue(target.toFile().mkdir());
    Object[] ctr = {"snapshots", "--snapshotter", Containerd.SNAPSHOTTER};
    containerd.ctr(with(ctr, "prepare", "a", base));
    assertTrue(containerd.ctr(with(ctr, "info", "a")).contains("\"Kind\": \"Active\""));
    assertTrue(containerd.ctr(with(ctr, "mounts", target, "a")).startsWith("mount -t "));
    Programs.run("sh", "-c", containerd.ctr(with(ctr, "mounts", target, "a")));
    Programs.run("sh", "-c", "echo x > " + target + "/data/x");
    Programs.run("umount", target);
    containerd.ctr(with(ctr, "commit", "b", "a"));
    containerd.ctr(with(ctr, "view", "v", "b"));
    Programs.run("sh", "-c", containerd.ctr(with(ctr, "mounts", target, "v")));
    assertEquals("x\n", Programs.run("cat", target.resolve("data/x")));
    assertEquals(1, Programs.attempt("touch", target.resolve("y")).exitCode());
    Programs.run("umount", target);
    assertTrue(containerd.ctr(with(ctr, "usage", "b")).contains("b "));
    assertTrue(containerd.attempt(with(ctr, "rm", "b")).output().contains("cannot remove"));
    containerd.ctr(with(ctr, "label", "b", "containerd.io/snapshot/x=y"));
    containerd.ctr(with(ctr, "rm", "v"));
    containerd.ctr(with(ctr, "rm", "b"));
    assertEquals(1, snapshots("default").size());
  }

  private static Object[] with(Object[] first, Object... then) {
    List<Object> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(then));
    return all.toArray();
  }

  /**
   * ctr 1.6 does not say which content it unpacks; the unpacker of Kubernetes does, as here. It has
   * a lease meanwhile; here a label keeps what nobody uses from containerd's garbage collector,
   * which begins after any removal.
   */
  @Test
  void aSecondNamespaceTakesTheContentThatIsThere() throws Exception {
    String content = "sha256:" + "1".repeat(64);
    Map<String, String> kept = Map.of("containerd.io/gc.root", "test");
    Map<String, String> labels = new HashMap<>(kept);
    labels.put(SnapshotService.CONTENT, content);
    try (SnapshotterClient first = new SnapshotterClient(containerd.address(), "first");
        SnapshotterClient second = new SnapshotterClient(containerd.address(), "second");
        SnapshotterClient ours = new SnapshotterClient(socket)) {
      first.prepare("extract-1 " + content, "", labels);
      first.commit(content, "extract-1 " + content, labels);
      StatusRuntimeException answer =
          assertThrows(
              StatusRuntimeException.class,
              () -> second.prepare("extract-2 " + content, "", labels));
      assertEquals(Status.Code.ALREADY_EXISTS, answer.getStatus().getCode(), answer::toString);
      assertEquals(1, ours.names().size(), "both namespaces share one snapshot");
      second.prepare("container", content, kept);
      first.remove(content);
      assertEquals(content, second.stat(content).getName());
      assertEquals(2, ours.names().size());
    }
  }

  @Test
  void manyContainersRunAtOnce() throws Exception {
    containerd.importImage(LocalImage.busybox(folder.path(), "1", 1), IMAGE);
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Callable<String>> runs = new ArrayList<>();
      for (int i = 0; i < containersAtOnce(); i++) {
        String id = "c" + i;
        runs.add(() -> run(id, "/bin/sh", "-c", "echo " + id + " > /data/id; cat /data/id"));
      }
      List<Future<String>> outputs = threads.invokeAll(runs);
      for (int i = 0; i < containersAtOnce(); i++) {
        assertEquals("c" + i + "\n", outputs.get(i).get());
      }
    } finally {
      threads.shutdownNow();
      threads.awaitTermination(1, TimeUnit.MINUTES);
    }
    assertEquals(2, snapshots("default").size());
  }

  @Test
  void anImportThatWasKilledIsTriedAgainCleanly() throws Exception {
    long seed = Long.getLong("veneer.seed", System.nanoTime());
    System.out.println("repeat with -Dveneer.seed=" + seed);
    Random random = new Random(seed);
    Path archive = LocalImage.busybox(folder.path(), "1", 8, 8, 8);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 3; round++) {
        Future<?> attempt = thread.submit(() -> attemptImport(archive));
        Thread.sleep(random.nextInt(1500)); // any moment of the import will do
        server.kill();
        attempt.get(3, TimeUnit.MINUTES);
        serveAgain();
        containerd.ctr("images", "rm", "--sync", IMAGE + ":1");
      }
    } finally {
      thread.shutdownNow();
    }
    containerd.importImage(archive, IMAGE);
    assertEquals(4, snapshots("default").size());
    assertEquals("hello\n", run("c1", "/bin/echo", "hello"));
    containerd.ctr("images", "rm", "--sync", IMAGE + ":1");
    assertEquals(List.of(), snapshots("default"));
  }

  private Programs.Result attemptImport(Path archive) throws IOException {
    return containerd.attempt(
        "images", "import", "--base-name", IMAGE, "--snapshotter", "veneer", archive);
  }

  @Test
  void newContainersStartAfterTheServerWasKilled() throws Exception {
    containerd.importImage(LocalImage.busybox(folder.path(), "1", 1), IMAGE);
    containerd.ctr(
        "run", "--detach", "--snapshotter", "veneer", IMAGE + ":1", "long", "/bin/sleep", "600");
    server.kill();
    serveAgain();
    assertEquals("hello\n", run("c1", "/bin/echo", "hello"));
    assertEquals(3, snapshots("default").size());
    afterAKill();
  }

  /** The container {@code long} was running when the server was killed. */
  void afterAKill() throws IOException {
    assertTrue(containerd.ctr("containers", "ls").contains("long"));
  }

  final Containerd containerd() {
    return containerd;
  }
}

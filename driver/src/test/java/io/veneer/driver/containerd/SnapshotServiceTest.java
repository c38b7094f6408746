// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.FieldMask;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.containerd.wire.CleanupRequest;
import io.veneer.driver.containerd.wire.Info;
import io.veneer.driver.containerd.wire.Kind;
import io.veneer.driver.containerd.wire.Mount;
import io.veneer.driver.containerd.wire.MountsRequest;
import io.veneer.driver.containerd.wire.UpdateSnapshotRequest;
import io.veneer.driver.containerd.wire.UsageRequest;
import io.veneer.driver.containerd.wire.UsageResponse;
import io.veneer.driver.meter.RequestMeter;
import io.veneer.driver.owner.OwnedDriver;
import io.veneer.driver.vfs.VfsDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What containerd's own suite asks of a snapshotter, over the wire; mounts are left to ITs. */
class SnapshotServiceTest {
  private static final Map<String, String> NONE = Map.of();
  private static final String CONTENT = SnapshotService.CONTENT;

  @TempDir Path folder;

  private final ConcurrentLinkedQueue<String> answered = new ConcurrentLinkedQueue<>();
  private StorageDriver driver;
  private SnapshotterServer server;
  private SnapshotterClient client;

  @BeforeEach
  void serve() {
    driver = VfsDriver.open(folder.resolve("home"));
    server =
        SnapshotterServer.start(
            folder.resolve("s"),
            new OwnedDriver(driver, "containerd"),
            (call, outcome, nanos) -> answered.add(call + " " + outcome));
    client = new SnapshotterClient(folder.resolve("s"));
  }

  @AfterEach
  void end() {
    client.close();
    server.close();
    driver.close();
  }

  private static StatusRuntimeException assertFails(Status.Code code, Executable call) {
    StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, call);
    assertEquals(code, failure.getStatus().getCode(), failure::toString);
    return failure;
  }

  private void givenCommitted(String name, String parent) {
    client.prepare("making " + name, parent, NONE);
    client.commit(name, "making " + name, NONE);
  }

  @Test
  void prepareAnswersMountsForWriting() {
    List<Mount> mounts = client.prepare("default/1/a", "", Map.of("x", "1"));
    assertEquals("bind", mounts.get(0).getType());
    assertTrue(mounts.get(0).getOptionsList().contains("rw"));
    assertEquals("", mounts.get(0).getTarget());
    assertEquals(
        mounts,
        client
            .calls
            .mounts(MountsRequest.newBuilder().setKey("default/1/a").build())
            .getMountsList());
    Info info = client.stat("default/1/a");
    assertEquals("default/1/a", info.getName());
    assertEquals(Kind.ACTIVE, info.getKind());
    assertEquals(Map.of("x", "1"), info.getLabelsMap());
    assertTrue(info.getCreatedAt().getSeconds() > 0);
  }

  @Test
  void viewAnswersMountsForReading() {
    givenCommitted("base", "");
    assertTrue(client.view("v", "base").get(0).getOptionsList().contains("ro"));
    assertEquals(Kind.VIEW, client.stat("v").getKind());
    assertFails(Status.Code.FAILED_PRECONDITION, () -> client.commit("n", "v", NONE));
  }

  @Test
  void commitReplacesLabelsAndDropsTheKey() {
    client.prepare("a", "", Map.of("old", "1"));
    client.commit("base", "a", Map.of("new", "1"));
    assertEquals(Map.of("new", "1"), client.stat("base").getLabelsMap());
    assertEquals(Kind.COMMITTED, client.stat("base").getKind());
    assertFails(Status.Code.NOT_FOUND, () -> client.stat("a"));
    assertFails(Status.Code.NOT_FOUND, () -> client.commit("b", "a", NONE));
  }

  @Test
  void requestsOutOfOrderGetTheRightCode() {
    givenCommitted("base", "");
    client.prepare("a", "base", NONE);
    assertFails(Status.Code.ALREADY_EXISTS, () -> client.prepare("a", "base", NONE));
    assertFails(Status.Code.ALREADY_EXISTS, () -> client.commit("base", "a", NONE));
    assertFails(Status.Code.NOT_FOUND, () -> client.prepare("b", "nothing", NONE));
    assertFails(Status.Code.INVALID_ARGUMENT, () -> client.prepare("b", "a", NONE));
    assertFails(
        Status.Code.FAILED_PRECONDITION,
        () -> client.calls.mounts(MountsRequest.newBuilder().setKey("base").build()));
    assertFails(Status.Code.NOT_FOUND, () -> client.remove("nothing"));
    assertFails(Status.Code.INVALID_ARGUMENT, () -> client.prepare("", "", NONE));
    StatusRuntimeException refusal =
        assertFails(Status.Code.FAILED_PRECONDITION, () -> client.remove("base"));
    assertTrue(refusal.getMessage().contains("remove"), refusal::getMessage);
    client.remove("a");
    client.remove("base");
    assertEquals(List.of(), client.names());
  }

  @Test
  void commitTakesTheParentThatIsThereAndNoOther() {
    givenCommitted("base", "");
    givenCommitted("other", "");
    client.prepare("a", "base", NONE);
    assertFails(Status.Code.INVALID_ARGUMENT, () -> client.commit("n", "a", NONE, "other"));
    client.commit("n", "a", NONE, "base");
    client.prepare("b", "", NONE);
    assertFails(Status.Code.UNIMPLEMENTED, () -> client.commit("m", "b", NONE, "base"));
    assertEquals(Kind.ACTIVE, client.stat("b").getKind());
  }

  @Test
  void updateChangesLabelsOnly() {
    client.prepare("a", "", Map.of("x", "1", "y", "1"));
    Info before = client.stat("a");
    Info changed = update("a", Map.of("x", "2"), "labels.x", "labels.y");
    assertEquals(Map.of("x", "2"), changed.getLabelsMap());
    assertEquals(before.getCreatedAt(), changed.getCreatedAt());
    assertNotEquals(before.getUpdatedAt(), changed.getUpdatedAt());
    assertEquals(Map.of("z", "1"), update("a", Map.of("z", "1")).getLabelsMap());
    assertFails(Status.Code.INVALID_ARGUMENT, () -> update("a", NONE, "parent"));
    assertFails(
        Status.Code.INVALID_ARGUMENT, () -> update("a", Map.of("k", "v".repeat(4096)), "labels"));
    assertFails(Status.Code.NOT_FOUND, () -> update("b", NONE));
  }

  private Info update(String name, Map<String, String> labels, String... paths) {
    return client
        .calls
        .update(
            UpdateSnapshotRequest.newBuilder()
                .setInfo(Info.newBuilder().setName(name).setParent("ignored").putAllLabels(labels))
                .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(paths)))
                .build())
        .getInfo();
  }

  @Test
  void listSendsBatchesOfAHundredAndFilters() {
    IntStream.range(0, 205).parallel().forEach(i -> client.prepare("k/" + i, "", NONE));
    givenCommitted("base", "");
    client.prepare("child", "base", Map.of("containerd.io/snapshot.ref", "sha256:1"));
    assertEquals(List.of(100, 100, 7), client.batches().stream().map(List::size).toList());
    assertEquals(List.of("base"), client.names("kind==committed"));
    assertEquals(List.of("child"), client.names("parent==\"base\",kind==active"));
    assertEquals(List.of("child"), client.names("labels.\"containerd.io/snapshot.ref\"==sha256:1"));
    assertEquals(List.of("base", "child"), client.names("name==base", "name~=^chi"));
    assertEquals(List.of(), client.names("name==nothing"));
    assertFails(Status.Code.INVALID_ARGUMENT, () -> client.names("name==" + '"'));
  }

  @Test
  void longKeysWithSlashesAreLikeAllOthers() {
    String key = "default/9/" + "k/".repeat(2043);
    client.prepare(key, "", NONE);
    assertEquals(key, client.stat(key).getName());
    assertEquals(List.of(key), client.names());
    assertFails(Status.Code.INVALID_ARGUMENT, () -> client.prepare("k".repeat(4097), "", NONE));
    assertFails(
        Status.Code.INVALID_ARGUMENT,
        () -> client.prepare("a", "", Map.of("label", "v".repeat(4092))));
  }

  @Test
  void contentThatIsThereIsNotMadeAgain() {
    client.prepare("ns1/1/extract", "", Map.of(CONTENT, "sha256:1"));
    client.commit("ns1/2/sha256:1", "ns1/1/extract", Map.of(CONTENT, "sha256:1"));
    client.prepare("ns1/3/extract", "ns1/2/sha256:1", Map.of(CONTENT, "sha256:2"));
    client.commit("ns1/4/sha256:2", "ns1/3/extract", Map.of(CONTENT, "sha256:2"));
    assertFails(
        Status.Code.ALREADY_EXISTS,
        () -> client.prepare("ns2/5/extract", "", Map.of(CONTENT, "sha256:1")));
    assertEquals(
        List.of("ns1/2/sha256:1"),
        client.names("labels.\"containerd.io/snapshot.ref\"==sha256:1,parent==\"\""));
    assertFails(
        Status.Code.ALREADY_EXISTS,
        () -> client.prepare("ns2/6/e", "ns1/2/sha256:1", Map.of(CONTENT, "sha256:2")));
    client.prepare("ns2/7/extract", "", Map.of(CONTENT, "sha256:2"));
    client.prepare("ns2/8/extract", "", Map.of(CONTENT, "not \"this\\"));
  }

  @Test
  void twoEnginesOnOneDriverDoNotSeeEachOther() {
    Path socket = folder.resolve("t");
    SnapshotterServer second =
        SnapshotterServer.start(socket, new OwnedDriver(driver, "second"), RequestMeter.NONE);
    try (SnapshotterClient other = new SnapshotterClient(socket)) {
      client.prepare("default/1/a", "", NONE);
      other.prepare("default/1/a", "", NONE);
      other.remove("default/1/a");
      assertEquals(List.of(), other.names());
      assertEquals(List.of("default/1/a"), client.names());
    } finally {
      second.close();
    }
  }

  @Test
  void callsThatAreOverBeforeTheyBeginDoNothing() {
    assertFails(
        Status.Code.DEADLINE_EXCEEDED,
        () ->
            client
                .calls
                .withDeadlineAfter(-1, TimeUnit.SECONDS)
                .prepare(SnapshotterClient.preparation("a", "", NONE)));
    Context.CancellableContext cancelled = Context.current().withCancellation();
    cancelled.cancel(null);
    cancelled.run(() -> assertFails(Status.Code.CANCELLED, () -> client.stat("a")));
    assertEquals(List.of(), client.names());
  }

  /** Copying the parent takes a while here, so that calls end before, in and after the work. */
  @Test
  void callsThatEndInTheMiddleAreDoneWhollyOrNotAtAll() throws IOException {
    List<Mount> making = client.prepare("making base", "", NONE);
    Path root = Path.of(making.get(0).getSource());
    for (int i = 0; i < 60; i++) {
      Files.writeString(Files.createDirectory(root.resolve("d" + i)).resolve("f"), "f" + i);
    }
    client.commit("base", "making base", NONE);
    Random random = new Random(7);
    for (int round = 0; round < 10; round++) {
      String key = "round " + round;
      endAtSomeTime(key, random.nextInt(30_000));
      Status.Code again = prepareUntilDecided(key);
      assertTrue(again == Status.Code.OK || again == Status.Code.ALREADY_EXISTS, key + again);
      assertEquals(Kind.ACTIVE, client.stat(key).getKind());
      MountsRequest request = MountsRequest.newBuilder().setKey(key).build();
      Path made = Path.of(client.calls.mounts(request).getMounts(0).getSource());
      assertEquals("f59", Files.readString(made.resolve("d59/f")), key);
      client.remove(key);
    }
    assertEquals(List.of("base"), client.names());
  }

  private void endAtSomeTime(String key, int micros) {
    try {
      client
          .calls
          .withDeadlineAfter(micros, TimeUnit.MICROSECONDS)
          .prepare(SnapshotterClient.preparation(key, "base", NONE));
    } catch (StatusRuntimeException e) {
      assertEquals(Status.Code.DEADLINE_EXCEEDED, e.getStatus().getCode(), e::toString);
    }
  }

  /** While the first call is still at it, the key is being changed. */
  private Status.Code prepareUntilDecided(String key) {
    while (true) {
      try {
        client.prepare(key, "base", NONE);
        return Status.Code.OK;
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
          return e.getStatus().getCode();
        }
      }
    }
  }

  @Test
  void usageAndCleanupAnswer() {
    client.prepare("a", "", NONE);
    UsageResponse usage = client.calls.usage(UsageRequest.newBuilder().setKey("a").build());
    assertTrue(usage.getInodes() >= 1 && usage.getSize() >= 0, usage::toString);
    client.calls.cleanup(CleanupRequest.getDefaultInstance());
    assertTrue(answered.contains("Usage OK"), answered::toString);
  }

  @Test
  void theMeterIsToldOfFailures() {
    assertFails(Status.Code.NOT_FOUND, () -> client.stat("a"));
    assertEquals(List.of("Stat NOT_FOUND"), List.copyOf(answered));
  }
}

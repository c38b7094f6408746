// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.nbd.Program;
import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A real keeper, holding ordinary files, and the servers that come and go. */
@Timeout(60)
class KeeperTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final int RDWR = 2;

  @TempDir Path folder;
  private Path deep;
  private Keeper keeper;

  /** Deeper than an address of a socket could say. */
  @BeforeEach
  void start() throws IOException {
    deep = Files.createDirectories(folder.resolve("d".repeat(100)).resolve("run"));
    keeper = Keeper.start(deep, LONG);
  }

  @AfterEach
  void end() throws Exception {
    KeeperProcesses.goOn(deep);
    if (Keeper.isThere(deep)) {
      Keeper.find(deep, Optional.empty()).orElseThrow().end();
    }
    awaitEnd();
  }

  private void awaitEnd() throws InterruptedException {
    while (Keeper.isThere(deep)) {
      Thread.sleep(10);
    }
  }

  /** Two files that stand for a connection and a loop device. */
  private KeptFiles files(String name, int deviceId) throws IOException {
    Path record = Files.writeString(folder.resolve(name), name);
    int connection = KeepCalls.open(record.toString(), RDWR);
    int loop =
        KeepCalls.open(Files.writeString(folder.resolve(name + ".loop"), "").toString(), RDWR);
    KeptDevice device = new KeptDevice(record, deviceId, deviceId % 2 == 0, Path.of("/dev/loop7"));
    return new KeptFiles(device, connection, loop);
  }

  private Keeper next() {
    keeper.close();
    return Keeper.find(deep, Optional.of(LONG)).orElseThrow();
  }

  @Test
  void theNextServerGetsTheSameFiles() throws IOException {
    keeper.keep(files("one", 1));
    keeper.keep(files("two", 2));
    Files.delete(folder.resolve("one"));
    List<KeptFiles> taken = next().taken();
    assertEquals(2, taken.size());
    assertEquals(files("two", 2).device(), taken.get(1).device());
    Path open = Path.of("/proc/self/fd/" + taken.get(0).connection());
    assertEquals("one", Files.readString(open), "not the file that was deleted");
  }

  @Test
  void whatWasDroppedIsNotKept() throws IOException {
    KeptFiles one = files("one", 1);
    keeper.keep(one);
    keeper.keep(files("two", 2));
    keeper.drop(one.device().record());
    assertEquals(List.of(folder.resolve("two")), records(next()));
  }

  @Test
  void theLogOutlivesTheServer() throws IOException {
    keeper.keep(files("one", 7));
    ForgetfulDevice device = new ForgetfulDevice(8192);
    keeper
        .log()
        .logging(device, 7, CountedCommits.of())
        .write(0, ByteBuffer.wrap(new byte[] {5}), false);
    device.forget();
    next()
        .log()
        .repeat(id -> id == 7 ? device : null, (id, failure) -> assertEquals(null, failure));
    assertEquals(5, device.bytes()[0]);
  }

  @Test
  void aKeeperWithoutAServerGivesUp() throws Exception {
    keeper.keep(files("one", 1));
    keeper.close();
    Keeper.find(deep, Optional.of(Duration.ofSeconds(1))).orElseThrow().close();
    awaitEnd();
  }

  @Test
  void aKeeperThatWasKilledIsReplaced() throws Exception {
    ForgetfulDevice device = new ForgetfulDevice(8192);
    keeper.keep(files("one", 1));
    keeper.keep(files("two", 2));
    keeper.drop(folder.resolve("two"));
    keeper
        .log()
        .logging(device, 1, CountedCommits.of())
        .write(0, ByteBuffer.wrap(new byte[] {5}), false);
    device.forget();
    kill();
    keeper.require();
    keeper = next();
    assertEquals(List.of(folder.resolve("one")), records(keeper));
    keeper.log().repeat(id -> device, (id, failure) -> assertEquals(null, failure));
    assertEquals(5, device.bytes()[0]);
    kill();
    keeper.keep(files("three", 3));
    assertEquals(List.of(folder.resolve("one"), folder.resolve("three")), records(next()));
  }

  @Test
  void whatAKeeperWithFewDescriptorsHoldsIsThere() throws Exception {
    for (ProcessHandle keeping : KeeperProcesses.of(deep)) {
      Program.require("prlimit");
      Program.run("prlimit", "--nofile=256:256", "--pid", keeping.pid());
    }
    keeper.keep(files("one", 1));
    KeptFiles one = next().taken().get(0);
    assertEquals("one", Files.readString(Path.of("/proc/self/fd/" + one.connection())));
  }

  private static List<Path> records(Keeper keeper) {
    return keeper.taken().stream().map(files -> files.device().record()).toList();
  }

  /** As one that hangs; nobody can tell whether it will ever go on. */
  @Test
  void aKeeperThatDoesNotAnswerIsToldOfAndWaitedForOnce() throws Exception {
    KeptFiles one = files("one", 1);
    keeper.keep(one);
    KeeperProcesses.stop(deep);
    KeeperStuckException told = stuck(() -> keeper.keep(files("two", 2)));
    assertTrue(
        told.getMessage().contains("pid=" + KeeperProcesses.of(deep).get(0).pid()),
        told.getMessage());
    long begun = System.nanoTime();
    stuck(() -> keeper.drop(one.device().record()));
    stuck(keeper::require);
    assertTrue(System.nanoTime() - begun < Duration.ofSeconds(2).toNanos(), "waited again");
  }

  @Test
  void whatAKeeperDidTooLateIsSetRightWhenItGoesOn() throws Exception {
    keeper.keep(files("one", 1));
    KeeperProcesses.stop(deep);
    stuck(() -> keeper.keep(files("two", 2)));
    KeeperProcesses.goOn(deep);
    awaitAnswer();
    assertEquals(List.of(folder.resolve("one")), records(next()));
  }

  @Test
  void whatAKeeperDroppedTooLateStaysKept() throws Exception {
    keeper.keep(files("one", 1));
    KeeperProcesses.stop(deep);
    stuck(() -> keeper.drop(folder.resolve("one")));
    KeeperProcesses.goOn(deep);
    awaitAnswer();
    assertEquals(List.of(folder.resolve("one")), records(next()));
  }

  /** Its descriptors are closed, so it cannot be sent. */
  @Test
  void whatWasCutOffMeanwhileIsNotKept() throws Exception {
    KeptFiles one = files("one", 1);
    keeper.keep(one);
    KeeperProcesses.stop(deep);
    stuck(() -> keeper.drop(one.device().record()));
    keeper.forget(one.device().record());
    one.close();
    KeeperProcesses.goOn(deep);
    awaitAnswer();
    keeper.keep(files("two", 2));
    assertEquals(List.of(folder.resolve("two")), records(next()));
  }

  @Test
  void whatCouldNotBeTakenBackIsKeptWhenTheKeeperGoesOn() throws Exception {
    KeptFiles one = files("one", 1);
    KeeperProcesses.stop(deep);
    stuck(() -> keeper.keepStill(one));
    KeeperProcesses.goOn(deep);
    awaitAnswer();
    assertEquals(List.of(folder.resolve("one")), records(next()));
  }

  @Test
  void whatWasNeverKeptIsDroppedWithoutAsking() throws Exception {
    KeeperProcesses.stop(deep);
    keeper.drop(folder.resolve("never"));
  }

  @Test
  void closingTwiceClosesNothingElse() throws Exception {
    keeper.close();
    Path file = Files.writeString(folder.resolve("other"), "other");
    List<Integer> opened = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      opened.add(KeepCalls.open(file.toString(), RDWR));
    }
    keeper.close();
    for (int each : opened) {
      assertEquals("other", Files.readString(Path.of("/proc/self/fd/" + each)));
      KeepCalls.close(each);
    }
  }

  @Test
  void aKeeperThatDoesNotAnswerIsReplacedOnceItIsKilled() throws Exception {
    keeper.keep(files("one", 1));
    KeeperProcesses.stop(deep);
    stuck(keeper::require);
    kill();
    keeper.require();
    assertEquals(List.of(folder.resolve("one")), records(next()));
  }

  @Test
  void theNextServerDoesNotWaitForeverForAKeeperThatDoesNotAnswer() throws Exception {
    keeper.keep(files("one", 1));
    KeeperProcesses.stop(deep);
    keeper.close();
    KeeperStuckException told = stuck(() -> Keeper.find(deep, Optional.of(LONG)));
    assertTrue(told.getMessage().contains("kill -KILL"), told.getMessage());
  }

  /** Longer than a keeper without a server would wait. */
  @Test
  void aServerThatLosesItsConnectionLosesNothing() throws Exception {
    keeper.keep(files("one", 1));
    keeper.close();
    Set<Integer> before = sockets();
    keeper = Keeper.find(deep, Optional.of(Duration.ofSeconds(1))).orElseThrow();
    List<ProcessHandle> keeping = KeeperProcesses.of(deep);
    Set<Integer> lost = sockets();
    lost.removeAll(before);
    lost.forEach(KeeperTest::breakOff);
    Thread.sleep(3000);
    keeper.keep(files("two", 2));
    assertEquals(keeping, KeeperProcesses.of(deep));
    assertEquals(List.of(folder.resolve("one"), folder.resolve("two")), records(next()));
  }

  /** Its number is nobody else's then, who would lose his file with it. */
  private static void breakOff(int socket) {
    KeepCalls.close(socket);
    assertEquals(socket, KeepCalls.open("/dev/null", RDWR));
  }

  private static Set<Integer> sockets() throws IOException {
    Set<Integer> found = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : descriptors.filter(Files::isSymbolicLink).toList()) {
        if (Files.readSymbolicLink(each).toString().startsWith("socket:")) {
          found.add(Integer.parseInt(each.getFileName().toString()));
        }
      }
    }
    return found;
  }

  /** Who looks after a keeper may do so at the moment at which another thread ends it. */
  @Test
  void noOtherIsStartedAfterTheEnd() throws Exception {
    keeper.end();
    assertThrows(PoolException.class, keeper::require);
    keeper.close();
    assertThrows(PoolException.class, keeper::require);
    awaitEnd();
  }

  @Test
  void aKeeperThatDoesNotAnswerEndsLateIfItWasToldTo() throws Exception {
    KeeperProcesses.stop(deep);
    stuck(keeper::require);
    keeper.end();
    keeper.close();
    KeeperProcesses.goOn(deep);
    awaitEnd();
  }

  /** In a thread of its own, as a call that hangs cannot be interrupted. */
  private static KeeperStuckException stuck(Executable call) throws Exception {
    CompletableFuture<KeeperStuckException> told =
        CompletableFuture.supplyAsync(() -> assertThrows(KeeperStuckException.class, call));
    return told.get(20, TimeUnit.SECONDS);
  }

  private void awaitAnswer() throws InterruptedException {
    while (true) {
      try {
        keeper.require();
        return;
      } catch (KeeperStuckException e) {
        Thread.sleep(10);
      }
    }
  }

  /** All keepers that this process has started. */
  private void kill() throws Exception {
    for (ProcessHandle each : KeeperProcesses.of(deep)) {
      each.destroyForcibly();
      each.onExit().get();
    }
    awaitEnd();
  }

  /** So that nothing is in the way of who wants the pool. */
  @Test
  @Timeout(8)
  void whoKeepsNothingWaitsForNoNextServer() throws Exception {
    keeper.keep(files("one", 1));
    keeper.drop(folder.resolve("one"));
    keeper.close();
    awaitEnd();
  }

  @Test
  void aKeeperThatLetsGoWhileTheNextServerComesIsNone() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Path socket = other.resolve("keeper.sock");
    FileMessages listener = FileMessages.listen(socket);
    CompletableFuture<?> end =
        CompletableFuture.runAsync(
            () -> {
              try (FileMessages client = listener.accept()) {
                Files.delete(socket);
                client.receive();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    assertTrue(Keeper.find(other, Optional.empty()).isEmpty());
    end.get();
    listener.close();
  }

  @Test
  void aServerIsToldWhenItsKeeperIsGoneAndThereCanBeNoOther() throws Exception {
    kill();
    Files.move(deep, deep.resolveSibling("elsewhere"));
    KeptFiles one = files("one", 1);
    PoolException told = assertThrows(PoolException.class, () -> keeper.keep(one));
    assertTrue(told.getMessage().startsWith("the process that keeps what is attached is gone"));
    assertThrows(PoolException.class, () -> keeper.require());
  }

  @Test
  void thereIsOneKeeperOfAFolder() {
    assertThrows(PoolException.class, () -> Keeper.start(deep, LONG));
  }
}

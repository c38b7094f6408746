// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attaching through the kernel's NBD client, with a program in place of {@code nbd-client} that
 * notes how it was called and does to a pretended sysfs what the kernel would do.
 */
class NbdAttachTest {
  private static final int MIB = 1 << 20;

  private static final String PROGRAM =
      """
      #!/bin/sh
      cd "$(dirname "$0")"
      echo "$@" >> calls
      while [ -e held ]; do sleep 0.02; done
      for last; do :; done
      name=${last#/dev/}
      [ "$1" = -d ] && { rm "sys/$name/pid"; exit; }
      [ -e "refused-$name" ] && { echo "Error: no luck"; echo "with $name"; exit 1; }
      cat sectors > "sys/$name/size"
      [ -e silent ] && exit
      { sleep 0.1; echo 42 > "sys/$name/pid"; } &
      """;

  @TempDir private Path folder;
  private ThinPool pool;
  private Attachments attachments;

  @BeforeEach
  void open() throws IOException {
    ThinPool.create(folder.resolve("pool"), PoolOptions.ofSize(64 * MIB));
    pool = ThinPool.open(folder.resolve("pool"));
    pool.createDevice("disk", 8 * MIB);
    for (int i : new int[] {10, 2, 0}) {
      Files.createDirectories(folder.resolve("sys/nbd" + i));
    }
    Files.createFile(folder.resolve("sys/nbd0/pid"));
    Files.writeString(folder.resolve("sectors"), "" + 8 * MIB / 512);
    Path program = Files.writeString(folder.resolve("nbd-client"), PROGRAM);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    use(new NbdClient(program, folder.resolve("sys"), folder));
  }

  private void use(NbdClient client) {
    if (attachments != null) {
      attachments.close();
    }
    attachments = Attachments.open(pool, AttachFolder.in(folder.resolve("run")), client);
  }

  @AfterEach
  void close() {
    attachments.close();
    pool.close();
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(folder.resolve("calls"));
  }

  private String refusal() {
    return assertThrows(PoolException.class, () -> attachments.attach("disk", false, Via.NBD))
        .getMessage();
  }

  @Test
  void connectsTheFirstFreeDeviceToAServerOfOurs() throws Exception {
    Attachment made = attachments.attach("disk", false, Via.NBD, 4096);
    Path socket = folder.toRealPath().resolve("run/attach.sock");
    assertEquals(
        new Attachment("disk", Path.of("/dev/nbd2"), null, false, Via.NBD, false, false), made);
    assertTrue(Files.exists(socket));
    assertEquals(List.of("-unix " + socket + " -name disk -block-size 4096 /dev/nbd2"), calls());
    assertEquals(made, attachments.attach("disk", false, Via.AUTO));
    assertEquals(made, attachments.attach("disk", false, Via.AUTO, 4096));
    assertThrows(PoolException.class, () -> attachments.attach("disk", false, Via.AUTO, 512));
    attachments.detach("disk");
    assertEquals("-d /dev/nbd2", calls().get(1));
    assertEquals(0, pool.device("disk").open());
    attachments.close();
    assertTrue(Files.notExists(socket));
  }

  private String resizeRefusal(String name, long sizeBytes) {
    return assertThrows(PoolException.class, () -> pool.resizeDevice(name, sizeBytes)).getMessage();
  }

  @Test
  void anAttachedDeviceIsNotMadeSmaller() {
    attachments.attach("disk", false, Via.NBD);
    assertEquals(
        "device is attached, detach it (a container: unmount it) before it is made smaller:"
            + " name=disk path=/dev/nbd2",
        resizeRefusal("disk", 4 * MIB));
    pool.resizeDevice("disk", 16 * MIB);
    assertEquals(16 * MIB, pool.device("disk").sizeBytes());
    pool.renameDevice("disk", "renamed");
    pool.createDevice("disk", 8 * MIB);
    pool.resizeDevice("disk", 4 * MIB);
    assertTrue(resizeRefusal("renamed", 4 * MIB).endsWith("name=renamed path=/dev/nbd2"));
    attachments.detach("renamed");
    pool.resizeDevice("renamed", 4 * MIB);
  }

  @Test
  void aNewDeviceOfTheNameOfAnAttachedOneThatWasRemovedMayGetSmaller() {
    attachments.attach("disk", false, Via.NBD);
    pool.removeDevice("disk");
    pool.createDevice("disk", 8 * MIB);
    pool.resizeDevice("disk", 4 * MIB);
    assertEquals(4 * MIB, pool.device("disk").sizeBytes());
  }

  @Test
  void aDeviceIsNotMadeSmallerWhileItIsBeingAttached() throws Exception {
    Path held = Files.createFile(folder.resolve("held"));
    CompletableFuture<Attachment> attaching =
        CompletableFuture.supplyAsync(() -> attachments.attach("disk", false, Via.NBD));
    while (Files.notExists(folder.resolve("calls"))) {
      Thread.onSpinWait();
    }
    assertEquals(
        "device is being attached or detached just now; detach it, or try again in a moment:"
            + " name=disk",
        resizeRefusal("disk", 4 * MIB));
    Files.delete(held);
    assertEquals(Path.of("/dev/nbd2"), attaching.join().path());
    assertEquals(8 * MIB, pool.device("disk").sizeBytes());
  }

  @Test
  void closedAttachmentsHaveNoSayInSizes() {
    attachments.attach("disk", false, Via.NBD);
    attachments.close();
    pool.resizeDevice("disk", 4 * MIB);
    assertEquals(4 * MIB, pool.device("disk").sizeBytes());
  }

  @Test
  void whatTheKernelDoesNotSayToBeConnectedIsRefused() throws Exception {
    Files.createFile(folder.resolve("silent"));
    String refusal = refusal();
    assertEquals(
        "the kernel's NBD client does not say that it is connected: path=/dev/nbd2", refusal);
    assertEquals("-d /dev/nbd2", calls().get(1));
  }

  @Test
  void readOnlyIsPassedOn() throws Exception {
    attachments.attach("disk", true, Via.NBD);
    assertTrue(calls().get(0).endsWith(" -block-size 512 -readonly /dev/nbd2"), calls()::toString);
  }

  @Test
  void triesTheNextDeviceAndTellsTheLastFailure() throws Exception {
    Files.createFile(folder.resolve("refused-nbd2"));
    assertEquals(Path.of("/dev/nbd10"), attachments.attach("disk", false, Via.NBD).path());
    attachments.detach("disk");
    Files.createFile(folder.resolve("refused-nbd10"));
    assertEquals(
        "the kernel's NBD client cannot be connected: device=disk"
            + " cause=Error: no luck with nbd10",
        refusal());
    assertEquals(0, pool.device("disk").open());
    assertEquals(List.of(), AttachFolder.in(folder.resolve("run")).files());
  }

  @Test
  void aDeviceOfAnotherSizeIsGivenBack() throws Exception {
    Files.writeString(folder.resolve("sectors"), "17");
    String refusal = refusal();
    assertTrue(refusal.startsWith("the kernel's NBD client has another size"), refusal);
    assertEquals("-d /dev/nbd2", calls().get(1));
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    use(new NbdClient(null, folder.resolve("sys"), folder));
    assertEquals("there is no program nbd-client; install it, or attach via loop", refusal());
    use(new NbdClient(folder.resolve("nbd-client"), folder.resolve("empty"), folder));
    assertEquals(
        "the kernel has no NBD client; load its module (modprobe nbd), or attach via loop",
        refusal());
    Files.createFile(folder.resolve("sys/nbd2/pid"));
    Files.createFile(folder.resolve("sys/nbd10/pid"));
    use(new NbdClient(folder.resolve("nbd-client"), folder.resolve("sys"), folder));
    assertEquals(
        "the kernel's NBD client cannot be connected: device=disk cause=all are in use", refusal());
  }

  @Test
  void whatAKilledServerLeftConnectedIsDisconnected() throws Exception {
    Path run = folder.resolve("run");
    AttachFolder left = AttachFolder.in(run);
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    Files.writeString(folder.resolve("sys/nbd0/pid"), "17\n");
    Files.writeString(folder.resolve("sys/nbd10/pid"), "18\n");
    left.note(left.create("old"), "/dev/nbd0 17 " + boot);
    left.note(left.create("gone"), "/dev/nbd2 17 " + boot);
    left.note(left.create("otherProcess"), "/dev/nbd10 17 " + boot);
    left.note(left.create("otherBoot"), "/dev/nbd10 18 00000000-0000-0000-0000-000000000000");
    left.create("dead before it was connected");
    assertEquals(List.of(), attachments.leftovers());
    assertEquals(List.of("-d /dev/nbd0"), calls());
    assertEquals(List.of(), left.files());
  }

  @Test
  void whatCannotBeDisconnectedIsReported() throws Exception {
    attachments.close();
    AttachFolder left = AttachFolder.in(folder.resolve("run"));
    Path file = left.create("old");
    String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    Files.writeString(folder.resolve("sys/nbd0/pid"), "17\n");
    left.note(file, "/dev/nbd0 17 " + boot);
    use(new NbdClient(null, folder.resolve("sys"), folder));
    assertEquals(
        List.of("still connected, do: nbd-client -d /dev/nbd0 && rm " + file),
        attachments.leftovers());
    Files.delete(folder.resolve("sys/nbd0/pid"));
    assertEquals(List.of(), attachments.leftovers());
    assertEquals(List.of(), left.files());
  }

  @Test
  void aDeviceThatSomebodyElseConnectedMeanwhileIsLeftAlone() throws Exception {
    attachments.attach("disk", false, Via.NBD);
    Files.writeString(folder.resolve("sys/nbd2/pid"), "17");
    attachments.detach("disk");
    assertEquals(1, calls().size(), calls()::toString);
    assertEquals(0, pool.device("disk").open());
  }
}

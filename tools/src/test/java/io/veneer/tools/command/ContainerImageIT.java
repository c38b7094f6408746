// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.Alone;
import io.veneer.thinpool.Requirement;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk image of a container, step by step as driver/README.md shows it: a file system on an
 * attached device, a root in it, snapshots for three containers, a program in each.
 */
@Timeout(300)
class ContainerImageIT {
  /** A server, a root of busybox on a base device, and three containers on snapshots of it. */
  private static final String THREE_CONTAINERS =
      """
      clean_up() {
        umount -q -l mnt/* 2>/dev/null || true
        kill -TERM "$server" 2>/dev/null && wait "$server" || true
      }
      trap clean_up EXIT
      veneer -q pool create pool --data-size 10G
      veneer -q device create pool base --size 256M
      mkfifo said
      "$JAVA" $VENEER_JVM -jar "$VENEER_JAR" serve pool > said 2> log &
      server=$!
      exec 4< said
      while read -r line <&4 && [ "$line" != ready ]; do :; done

      mkdir -p mnt/base
      mkfs.ext4 -q "$(veneer attach pool base)"
      mount "$(veneer attach pool base)" mnt/base
      mkdir -p mnt/base/bin mnt/base/proc mnt/base/dev mnt/base/etc mnt/base/tmp
      cp /bin/busybox mnt/base/bin/
      chroot mnt/base /bin/busybox --install /bin
      echo base > mnt/base/etc/hostname
      umount mnt/base
      veneer -q detach pool base
      for name in one two three; do
        veneer -q device snapshot pool base "$name"
        mkdir mnt/$name
        mount "$(veneer attach pool "$name")" mnt/$name
      done
      """;

  private static final String CHECK_AND_STOP =
      """
      for name in one two three; do
        umount mnt/$name
        e2fsck -fn "$(veneer attach pool "$name")" > fsck 2>&1 || fail "$(cat fsck)"
        veneer -q detach pool "$name"
      done
      mount -o ro "$(veneer attach pool base --read-only)" mnt/base
      echo "base: $(cat mnt/base/etc/hostname) $(ls mnt/base/tmp)"
      umount mnt/base
      veneer -q detach pool base
      kill -TERM "$server"
      wait "$server"
      trap - EXIT
      veneer -q check pool > /dev/null
      """;

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void openAShell() {
    Requirement.skipUnless("root".equals(System.getProperty("user.name")), "attaching needs root");
    Requirement.skipUnless(Files.exists(Path.of("/dev/fuse")), "no /dev/fuse");
    Requirement.skipUnless(Files.exists(Path.of("/dev/loop-control")), "no loop devices");
    Requirement.skipUnless(Files.isExecutable(Path.of("/bin/busybox")), "no program busybox");
    shell = new Shell(folder);
  }

  @Test
  void eachContainerSeesItsOwnWritesOnly() throws Exception {
    Outcome outcome =
        shell.run(
            THREE_CONTAINERS
                + """
                for name in one two three; do
                  chroot mnt/$name /bin/sh -c "echo $name > /etc/hostname; echo x > /tmp/of-$name"
                done
                for name in one two three; do
                  chroot mnt/$name /bin/sh -c 'echo "$(cat /etc/hostname): $(ls /tmp)"'
                done
                """
                + CHECK_AND_STOP);
    assertEquals("one: of-one\ntwo: of-two\nthree: of-three\nbase: base \n", outcome.succeeded());
  }

  @Alone
  @Test
  void runcRunsThemAndOneGrows() throws Exception {
    Requirement.skipUnless(Files.isExecutable(Path.of("/usr/sbin/runc")), "no program runc");
    Outcome outcome =
        shell.run(
            THREE_CONTAINERS
                + """
                for name in one two three; do
                  mkdir bundle-$name
                  (cd bundle-$name && runc spec)
                  sed -i -e "s,\\"path\\": \\"rootfs\\",\\"path\\": \\"$PWD/mnt/$name\\"," \\
                    -e 's/"terminal": true/"terminal": false/' \\
                    -e 's/"readonly": true/"readonly": false/' \\
                    -e "s,\\"sh\\",\\"sh\\"\\, \\"-c\\"\\, \\"echo $name > /etc/hostname; cat /etc/hostname\\"," \\
                    bundle-$name/config.json
                  runc run --bundle bundle-$name "veneer-$$-$name" < /dev/null
                done
                veneer -q device resize pool two --size 512M
                path=$(veneer attach pool two)
                blockdev --getsize64 "$path"
                resize2fs "$path" > grown 2>&1 || {
                  grep -q 'Permission denied to resize' grown || fail "$(cat grown)"
                  umount mnt/two
                  e2fsck -fy "$path" > fsck 2>&1
                  resize2fs "$path" > grown 2>&1
                  mount "$path" mnt/two
                }
                dd if=/dev/zero of=mnt/two/tmp/large bs=1M count=350 status=none
                """
                + CHECK_AND_STOP);
    assertEquals("one\ntwo\nthree\n536870912\nbase: base \n", outcome.succeeded());
  }
}

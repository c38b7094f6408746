// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.driver.StorageDriver;
import io.veneer.driver.archive.TreeListing;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.host.HostProgram;
import io.veneer.driver.thin.ThinDriver;
import io.veneer.driver.thin.VolumeOptions;
import io.veneer.thinpool.PoolOptions;
import io.veneer.thinpool.Requirement;
import io.veneer.thinpool.pool.ThinPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two images that share a base, made with umoci of this machine's programs and files: imported and
 * mounted, every file of every layer is what umoci itself unpacks.
 */
@Timeout(300)
class UmociIT {
  private static final String MAKE =
      """
      set -euo pipefail
      umoci init --layout oci
      umoci new --image oci:base
      umoci unpack --image oci:base base
      cd base/rootfs
      mkdir -p bin etc/empty usr/share/doc tmp; chmod 1777 tmp
      cp /bin/busybox bin/; ln -s busybox bin/sh; ln bin/busybox bin/second; chmod 4755 bin/busybox
      cp -a /usr/share/doc/coreutils /usr/share/doc/tar usr/share/doc/
      mknod null c 1 3; mknod disk b 8 17; mkfifo pipe; ln -s /etc/../usr link
      echo text > etc/file; chown -h 1234:5678 etc/file link; touch -d '1999-12-31 23:59:59.123456789' etc/file
      setfattr -n user.binary -v 0x0080ff0a etc; setfattr -n user.x -v y etc/file
      truncate -s 5M sparse; echo end >> sparse; touch "$(printf 'a%.0s' {1..200})"; echo x > 'bl ank'
      cd ../..; umoci repack --image oci:base base
      for name in one two; do
        umoci unpack --image oci:base $name
        echo $name > $name/rootfs/$name; echo more >> $name/rootfs/etc/file
        rm -r $name/rootfs/usr/share/doc/tar $name/rootfs/etc/empty; rm $name/rootfs/pipe
        mkdir $name/rootfs/pipe; chmod 711 $name/rootfs/tmp; rm $name/rootfs/bin/sh
        umoci repack --image oci:$name $name
      done
      for name in base one two; do umoci unpack --image oci:$name expected-$name; done
      """;

  /** Systems that run, of the files of installed packages. */
  private static final String MAKE_OF_PACKAGES =
      """
      set -euo pipefail
      add() {
        root=$1/rootfs; shift
        dpkg -L "$@" | sort -u | while read -r file; do
          if [ -e "$file" ] || [ -L "$file" ]; then echo "$file"; fi
        done | tar -P -C / --no-recursion -cf - -T - | tar -C $root -xpf - --skip-old-files
      }
      umoci init --layout oci
      umoci new --image oci:base
      umoci unpack --image oci:base base
      for folder in bin sbin lib lib64; do
        if [ -L /$folder ]; then mkdir -p base/rootfs/usr/$folder; cp -P /$folder base/rootfs/; fi
      done
      add base base-files libc6 libtinfo6 bash coreutils libacl1 libattr1 libgmp10 libselinux1 libpcre2-8-0
      umoci repack --image oci:base base
      for name in one two; do umoci unpack --image oci:base $name; done
      add one e2fsprogs findutils
      add two tar gzip
      rm -r two/rootfs/usr/share/doc/bash
      for name in one two; do umoci repack --image oci:$name $name; done
      for name in base one two; do umoci unpack --image oci:$name expected-$name; done
      """;

  @TempDir Path scratch;

  @BeforeEach
  void require() throws IOException {
    boolean isRoot = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    Requirement.skipUnless(isRoot, "mounting needs root");
    for (String program : new String[] {"umoci", "busybox", "setfattr", "bash"}) {
      Requirement.skipUnless(HostProgram.find(program).isPresent(), "no program " + program);
    }
  }

  private interface Use {
    void of(Path folder) throws IOException;
  }

  @Test
  void everyFileIsWhatUmociUnpacks() throws IOException {
    compare(MAKE, folder -> {});
  }

  @Test
  void systemsOfDebianPackagesAreWhatUmociUnpacks() throws IOException {
    Requirement.skipUnless(HostProgram.find("dpkg").isPresent(), "no program dpkg");
    compare(
        MAKE_OF_PACKAGES,
        folder -> {
          Optional<String> failure =
              HostProgram.require("chroot").run(folder.toString(), "/bin/bash", "-c", "ls /usr");
          assertEquals(Optional.empty(), failure);
        });
  }

  private void compare(String make, Use use) throws IOException {
    Path script = Files.writeString(scratch.resolve("make"), "cd " + scratch + "\n" + make);
    assertEquals(Optional.empty(), HostProgram.require("bash").run(script.toString()));
    Path folder = scratch.resolve("pool");
    ThinPool.create(folder, PoolOptions.ofSize(1L << 30));
    try (ThinPool pool = ThinPool.open(folder);
        Attachments attachments = Attachments.open(pool, folder);
        StorageDriver driver =
            ThinDriver.openMounted(
                pool, attachments, VolumeOptions.ext4(256L << 20), folder.resolve("volumes"));
        ImageArchive archive =
            ImageArchive.open(scratch.resolve("oci"), Platform.ofThisMachine())) {
      Images images = new Images(driver, Clock.systemUTC());
      for (ImageManifest image : archive.images()) {
        images.importImage(archive, image, image.names().get(0), ImportProgress.NONE);
      }
      assertEquals(3, images.layers().size(), "the base is shared");
      for (String name : new String[] {"base", "one", "two"}) {
        Map<String, String> expected =
            new TreeMap<>(TreeListing.of(scratch.resolve("expected-" + name + "/rootfs")));
        assertEquals(expected, mounted(driver, images.layer(name).chainId(), use), name);
      }
    }
  }

  private static Map<String, String> mounted(StorageDriver driver, String chainId, Use use)
      throws IOException {
    Path folder = driver.get(chainId);
    try {
      use.of(folder);
      return new TreeMap<>(TreeListing.of(folder));
    } finally {
      driver.put(chainId);
    }
  }
}

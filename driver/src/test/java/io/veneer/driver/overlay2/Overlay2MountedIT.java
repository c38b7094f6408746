// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.overlay2;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.driver.Mount;
import io.veneer.driver.MountedDriverContract;
import io.veneer.driver.StorageDriver;
import io.veneer.driver.host.HostMounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class Overlay2MountedIT extends MountedDriverContract {
  @Override
  protected StorageDriver open(Path folder) {
    return Overlay2Driver.open(folder);
  }

  @Test
  void whatAKilledDriverLeftMountedIsTakenAwayOnOpening() throws Exception {
    givenLayer("base", "", root -> write(root, "precious", "text"));
    driver().prepare("x", "base", NONE);
    driver().close();
    Path left = folder.resolve("2/merged");
    HostMounts.mount(Mount.bind(folder.resolve("1/diff").toString(), false), left);
    openAgain();
    assertEquals(List.of(), HostMounts.mountedUnder(folder));
    driver().remove("x");
    in("base", root -> assertText("text", root, "precious"));
    assertEquals("text", Files.readString(folder.resolve("1/diff/precious")));
  }
}

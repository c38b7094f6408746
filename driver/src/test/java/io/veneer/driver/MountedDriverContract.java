// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.host.HostMounts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every driver must do whose snapshots can be mounted, as root. */
public abstract class MountedDriverContract extends ArchiveCases {

  @Test
  void usesNestAndLeaveNoMount() throws Exception {
    givenLayer("base", "", root -> write(root, "a", "1"));
    driver().prepare("x", "base", NONE);
    Path first = driver().get("x");
    assertEquals(first, driver().get("x"));
    driver().put("x");
    write(first, "b", "2");
    driver().put("x");
    assertEquals(List.of(), mounts());
    assertFails(Kind.FAILED_PRECONDITION, () -> driver().put("x"));
    in("x", root -> assertText("2", root, "b"));
  }

  @Test
  void removalDoesNotWaitForWhoHasTheFolder() throws Exception {
    givenLayer("base", "", root -> write(root, "a", "precious"));
    driver().prepare("x", "base", NONE);
    Path root = driver().get("x");
    write(root, "b", "text");
    try (InputStream open = Files.newInputStream(root.resolve("b"))) {
      driver().remove("x");
      assertEquals("text", new String(open.readAllBytes()));
    }
    driver().put("x");
    assertEquals(List.of(), mounts());
    in("base", base -> assertText("precious", base, "a"));
    driver().prepare("x", "base", NONE);
    in("x", again -> assertMissing(again, "b"));
  }

  @Test
  void closingTakesMountsAway() throws Exception {
    givenLayer("base", "", root -> write(root, "a", "1"));
    driver().prepare("x", "base", NONE);
    write(driver().get("x"), "b", "2");
    driver().get("base");
    openAgain();
    assertEquals(List.of(), mounts());
    in("x", root -> assertText("2", root, "b"));
    assertFalse(driver().get("base").toString().isEmpty());
    driver().put("base");
  }

  /** What the driver has mounted; its folder itself may be a mount of the test. */
  private List<Path> mounts() throws IOException {
    Path home = folder.toRealPath();
    return HostMounts.mountedUnder(folder).stream().filter(each -> !each.equals(home)).toList();
  }
}

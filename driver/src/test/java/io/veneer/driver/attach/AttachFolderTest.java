// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of attachments and their names. */
class AttachFolderTest {
  @TempDir private Path run;

  @Test
  void plainNamesStayWhatTheyAre() {
    assertEquals("web-1.data_2", AttachFolder.fileName("web-1.data_2"));
  }

  @Test
  void oddNamesBecomeFileNames() {
    assertEquals("a%2fb%20%3f", AttachFolder.fileName("a/b ?"));
    assertEquals("%2e.", AttachFolder.fileName(".."));
    assertEquals("%c3%bc", AttachFolder.fileName("\u00fc"));
    String first = AttachFolder.fileName("\u4e16".repeat(80) + "1");
    assertTrue(first.length() < 255, first);
    assertNotEquals(first, AttachFolder.fileName("\u4e16".repeat(80) + "2"));
  }

  @Test
  void aNameThatIsTakenGetsANumber() {
    AttachFolder folder = AttachFolder.in(run);
    Path first = folder.create("web");
    Path second = folder.create("web");
    assertEquals(List.of("web", "web~2"), names(folder));
    folder.delete(first);
    folder.delete(first);
    assertEquals(first, folder.create("web"));
    folder.delete(second);
    assertEquals(List.of("web"), names(folder));
  }

  private static List<String> names(AttachFolder folder) {
    return folder.files().stream().map(file -> file.getFileName().toString()).toList();
  }

  @Test
  void nobodyElseCanEnter() throws Exception {
    AttachFolder folder = AttachFolder.in(run.resolve("new/run"));
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())));
  }
}

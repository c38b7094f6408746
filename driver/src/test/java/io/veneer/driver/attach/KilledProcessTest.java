// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.attach;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.veneer.driver.nbd.Program;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What threads that wait in the kernel may still do to files: a program fills a pipe. */
@Timeout(30)
class KilledProcessTest {
  private static final List<String> WRITES = List.of("1 ", "64 ");

  @TempDir Path folder;
  private Path pipe;
  private Process process;
  private FileChannel end;

  @BeforeEach
  void start() throws Exception {
    Program.require("dd", "mkfifo");
    pipe = folder.resolve("pipe");
    Program.run("mkfifo", pipe);
    process = new ProcessBuilder("dd", "if=/dev/zero", "of=" + pipe, "bs=1M").start();
    end = FileChannel.open(pipe, StandardOpenOption.READ);
    while (WRITES.stream().noneMatch(call()::startsWith)) {
      Thread.sleep(1);
    }
  }

  private String call() throws Exception {
    return Files.readString(Path.of("/proc/" + process.pid() + "/syscall"));
  }

  @AfterEach
  void end() throws Exception {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
    if (end != null) {
      end.close();
    }
  }

  private KilledProcess killed() {
    return new KilledProcess(process.pid());
  }

  @Test
  void aWriteToAFileOfTheFolderIsADanger() {
    assertFalse(killed().leavesAlone(folder));
  }

  @Test
  void aWriteToAnotherFileIsNone() throws Exception {
    Path pool = Files.createDirectory(folder.resolve("pool"));
    Files.writeString(pool.resolve("data"), "data");
    assertTrue(killed().leavesAlone(pool));
  }

  /** As where the killed server had it open under a name that is gone. */
  @Test
  void aWriteToAFileUnderAnotherNameIsADanger() throws Exception {
    Path pool = Files.createDirectory(folder.resolve("pool"));
    Files.createLink(pool.resolve("data"), pipe);
    Files.delete(pipe);
    assertFalse(killed().leavesAlone(pool));
  }

  @Test
  void whatCannotBeToldIsADanger() throws Exception {
    Path pool = Files.createDirectory(folder.resolve("pool"));
    Files.createSymbolicLink(pool.resolve("data"), folder.resolve("gone"));
    assertFalse(killed().leavesAlone(pool));
    assertFalse(killed().leavesAlone(folder.resolve("gone")));
    process.destroyForcibly().waitFor();
    assertFalse(killed().leavesAlone(folder));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.veneer.driver.engines.Dockerd;
import io.veneer.driver.engines.LocalImage;
import io.veneer.driver.engines.Programs;
import io.veneer.driver.engines.TestFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What people do with Docker, done with the real dockerd, docker and runc. The same script runs on
 * our plugin and on Docker's own overlay2, so that what differs is seen.
 */
abstract class DockerTrial {
  private static final int LEFT_BYTES_MAX = 256 << 10;
  private static final int RETURN_SECONDS = 30;
  private static final String DOCKERFILE =
      """
      FROM base:1
      COPY file /data/file
      RUN cat /data/file > /data/copied; rm /etc/passwd
      CMD ["/bin/cat", "/data/copied"]
      """;

  private TestFolder folder;
  private Dockerd dockerd;

  /** Starts the daemon on what is tried, with all it keeps below a folder. */
  abstract Dockerd startDockerd(Path folder) throws IOException;

  /** Ends what the daemon stood on. */
  abstract void endBelow() throws IOException;

  /** Bytes that the layers take on the host. */
  abstract long storedBytes(Path folder) throws IOException;

  @BeforeEach
  void start() throws IOException {
    Programs.require("dockerd", "docker", "containerd", "runc", "busybox");
    folder = new TestFolder();
    dockerd = startDockerd(folder.path());
  }

  @AfterEach
  void end() throws IOException {
    if (folder == null) {
      return;
    }
    try {
      if (dockerd != null) {
        dockerd.close();
      }
    } finally {
      endBelow();
      folder.close();
    }
  }

  Dockerd dockerd() {
    return dockerd;
  }

  final Path folder() {
    return folder.path();
  }

  final void givenBase() throws IOException {
    dockerd.docker("import", LocalImage.rootTar(folder.path()), "base:1");
  }

  final String run(Object... words) throws IOException {
    Object[] first = {"run", "--rm", "--network", "none"};
    Object[] all = Arrays.copyOf(first, first.length + words.length);
    System.arraycopy(words, 0, all, first.length, words.length);
    return dockerd.docker(all);
  }

  private void build(String tag, String dockerfile) throws IOException {
    Path context = Files.createDirectories(folder.path().resolve("context"));
    Files.writeString(context.resolve("file"), "payload\n");
    Files.writeString(context.resolve("Dockerfile"), dockerfile);
    dockerd.docker("build", "--network", "none", "--tag", tag, context);
  }

  @Test
  void imagesAreBuiltRunCommittedMovedAndRemoved() throws IOException {
    givenBase();
    dockerd.docker("rmi", "base:1"); // what a driver makes once and keeps is there now
    long atFirst = storedBytes(folder.path());
    givenBase();
    build("app:1", DOCKERFILE);
    assertEquals("payload\n", run("app:1"));
    containersShowWhatTheyChanged();
    committedContainersAreImages();
    imagesLeaveAndComeBack();
    for (String image : List.of("app:2", "app:1", "base:1")) {
      dockerd.docker("rmi", image);
    }
    assertEquals("", dockerd.docker("images", "--all", "--quiet"));
    awaitAtMost(atFirst + LEFT_BYTES_MAX);
  }

  /** Space may come back a while after the removal. */
  private void awaitAtMost(long bytes) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RETURN_SECONDS);
    while (storedBytes(folder.path()) > bytes) {
      if (System.nanoTime() > deadline) {
        fail("stored: " + storedBytes(folder.path()) + " at most expected: " + bytes);
      }
    }
  }

  private void containersShowWhatTheyChanged() throws IOException {
    dockerd.docker("run", "--detach", "--network=none", "--name=web", "app:1", "sleep", "600");
    dockerd.docker(
        "exec",
        "web",
        "sh",
        "-c",
        "echo x > /tmp/x; rm /data/file; dd if=/dev/zero of=/big bs=5000 count=1");
    assertEquals(
        List.of("A /big", "A /tmp/x", "C /data", "C /tmp", "D /data/file"),
        dockerd.docker("diff", "web").lines().sorted().toList());
    String size = dockerd.docker("ps", "--size", "--format", "{{.Size}}").strip();
    checkSize(size);
    assertEquals("x\n", dockerd.docker("exec", "web", "cat", "/tmp/x"));
    Path copied = folder.path().resolve("copied");
    dockerd.docker("cp", "web:/data/copied", copied);
    assertEquals("payload\n", Files.readString(copied));
    dockerd.docker("cp", copied, "web:/data/again");
    assertEquals("payload\n", dockerd.docker("exec", "web", "cat", "/data/again"));
    Path exported = folder.path().resolve("exported.tar");
    dockerd.docker("export", "--output", exported, "web");
    String names = Programs.run("tar", "-tf", exported);
    assertTrue(names.contains("data/again") && !names.contains("data/file\n"), names);
    assertTrue(dockerd.docker("system", "df").contains("Containers"), "system df");
  }

  /** As {@code docker ps --size} shows it for a container with two new files and less one. */
  void checkSize(String size) {
    assertTrue(size.startsWith("5kB (virtual 1.9"), size);
  }

  private void committedContainersAreImages() throws IOException {
    dockerd.docker("commit", "web", "app:2");
    dockerd.docker("rm", "--force", "web");
    assertEquals("x\n", run("app:2", "cat", "/tmp/x"));
    assertEquals(
        1,
        dockerd
            .attempt("run", "--rm", "--network=none", "app:2", "test", "-e", "/data/file")
            .exitCode());
    List<String> history =
        dockerd.docker("history", "--format", "{{.Size}}", "app:2").lines().toList();
    assertEquals(5, history.size(), history::toString);
    assertEquals("0B", history.get(1));
  }

  private void imagesLeaveAndComeBack() throws IOException {
    Path saved = folder.path().resolve("saved.tar");
    String id = dockerd.docker("images", "--quiet", "--no-trunc", "app:2");
    dockerd.docker("save", "--output", saved, "app:2");
    dockerd.docker("rmi", "app:2");
    dockerd.docker("load", "--input", saved);
    assertEquals(id, dockerd.docker("images", "--quiet", "--no-trunc", "app:2"));
    assertEquals("x\n", run("app:2", "cat", "/tmp/x"));
  }

  @Test
  void anImageOnAnotherSharesItsLayers() throws IOException {
    givenBase();
    build("app:1", "FROM base:1\nRUN dd if=/dev/urandom of=/data/large bs=1024 count=8192\n");
    long before = storedBytes(folder.path());
    build("next:1", "FROM app:1\nRUN echo small > /data/small\n");
    long more = storedBytes(folder.path()) - before;
    assertTrue(more < 1 << 20, () -> "bytes more: " + more);
    String format = "{{range .RootFS.Layers}}{{.}} {{end}}";
    String layers = dockerd.docker("image", "inspect", "--format", format, "app:1").strip();
    String nextLayers = dockerd.docker("image", "inspect", "--format", format, "next:1");
    assertTrue(nextLayers.startsWith(layers), nextLayers);
  }
}

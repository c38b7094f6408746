// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The packaged command's classes in one piece, as the launcher makes them, so that the hundreds of
 * commands in scripts start in two thirds of the time. Made once for each jar; without it they only
 * start more slowly.
 */
final class ClassArchive {
  private ClassArchive() {}

  /** Options that use it; scripts split them at spaces, so there must be none in the path. */
  static synchronized String options(String java, String options, Path jar) {
    Path archive = jar.resolveSibling(jar.getFileName() + ".jsa");
    if (archive.toString().contains(" ")) {
      return options;
    }
    try {
      if (Files.notExists(archive)
          || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0) {
        make(java, options, jar, archive);
      }
    } catch (IOException e) {
      System.out.println("no class archive: " + e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return options + " -XX:SharedArchiveFile=" + archive + " -Xshare:auto -Xlog:cds=off";
  }

  /** Other processes make it, too: whole it takes its place. */
  private static void make(String java, String options, Path jar, Path archive)
      throws IOException, InterruptedException {
    Path list = Files.createTempFile(jar.getParent(), "classes", ".list");
    Path made = Files.createTempFile(jar.getParent(), "classes", ".jsa");
    run(java, options + " -XX:DumpLoadedClassList=" + list + " -jar " + jar + " archive-classes");
    String dump = " -Xshare:dump -XX:SharedClassListFile=" + list;
    run(java, options + dump + " -XX:SharedArchiveFile=" + made + " -jar " + jar);
    Files.delete(list);
    Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void run(String java, String words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(java));
    command.addAll(List.of(words.split(" ")));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Process process = builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    if (process.waitFor() != 0) {
      throw new IOException("program failed: " + words);
    }
  }
}

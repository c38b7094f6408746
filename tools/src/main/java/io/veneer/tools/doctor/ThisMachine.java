// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.doctor;

import io.veneer.driver.host.HostNodes;
import io.veneer.driver.host.HostProgram;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The machine that this process runs on, as its files tell. */
final class ThisMachine implements Machine {
  private static final Path FILE_SYSTEMS = Path.of("/proc/filesystems");

  @Override
  public String system() {
    return System.getProperty("os.name");
  }

  @Override
  public String kernel() {
    return System.getProperty("os.version");
  }

  @Override
  public String architecture() {
    return System.getProperty("os.arch");
  }

  @Override
  public boolean isRoot() {
    return HostNodes.isRoot();
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(Path.of(path));
  }

  @Override
  public boolean canUse(String devicePath) {
    Path path = Path.of(devicePath);
    try (FileChannel device =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return !Files.isRegularFile(path) && device.isOpen();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean knowsFileSystem(String type) {
    try {
      return Files.readAllLines(FILE_SYSTEMS).stream().anyMatch(line -> line.endsWith("\t" + type));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public boolean hasProgram(String name) {
    return HostProgram.find(name).isPresent();
  }
}

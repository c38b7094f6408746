// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.workload;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Installing a package: many small files are made, files of the lower layer change their mode or
 * go. Each part ends with a sync of the file system, inside the time.
 */
final class ManyFiles implements Workload {
  static final String NAME = "many-files";
  private static final String KEY = "many-container";
  private static final long INSTALLED_SEED = 43;

  private final BaseLayers layers;

  ManyFiles(BaseLayers layers) {
    this.layers = layers;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void run(Stage stage) {
    layers.makeMany();
    stage.inTurn("many-files", host -> install(stage, host));
  }

  private void install(Stage stage, LayerHost host) throws Exception {
    SmallTree lower = layers.many();
    SmallTree installed = new SmallTree("installed", lower.files() / 2, INSTALLED_SEED);
    host.prepare(KEY, BaseLayers.MANY);
    long before = host.storedBytes();
    stage.mounted(
        host,
        KEY,
        folder -> {
          time(stage, host, Quantity.CREATE_FILES, folder, () -> installed.write(folder));
          time(stage, host, Quantity.CHANGE_MODES, folder, () -> changeModes(lower, folder));
          time(stage, host, Quantity.DELETE_FILES, folder, () -> delete(lower, folder));
          require(lower, installed, folder, host.name());
        });
    stage.ledger().add(Quantity.MANY_FILES_STORED, host.name(), host.storedBytes() - before);
    host.remove(KEY);
  }

  /** What is timed. */
  @FunctionalInterface
  private interface Part {
    void run() throws IOException;
  }

  private static void time(Stage stage, LayerHost host, Quantity quantity, Path folder, Part part)
      throws Exception {
    stage
        .ledger()
        .time(
            quantity,
            host.name(),
            () -> {
              part.run();
              FileWork.sync(folder);
              return null;
            });
  }

  private static void changeModes(SmallTree lower, Path folder) throws IOException {
    for (int number = 0; number < lower.files(); number += 4) {
      Files.setPosixFilePermissions(
          lower.file(folder, number), PosixFilePermissions.fromString("rw-------"));
    }
  }

  private static void delete(SmallTree lower, Path folder) throws IOException {
    for (int number = 1; number < lower.files(); number += 4) {
      Files.delete(lower.file(folder, number));
    }
  }

  private static void require(SmallTree lower, SmallTree installed, Path folder, String driver)
      throws IOException {
    boolean right = true;
    for (int number = 0; number < lower.files(); number++) {
      right &= Files.exists(lower.file(folder, number)) == (number % 4 != 1);
    }
    for (int number = 0; number < installed.files(); number++) {
      right &= Files.exists(installed.file(folder, number));
    }
    if (!right) {
      throw new DriverException(
          Kind.DATA_LOSS, "files are there or missing that should not be driver=" + driver);
    }
  }
}

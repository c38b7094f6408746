// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.DriverException;
import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.DeviceExistsException;
import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.PoolLockedException;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.UnsupportedFormatException;
import io.veneer.tools.control.ControlClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a user can do about a failure of the pool; the pool itself knows no commands to name. */
final class Advice {
  private Advice() {}

  /** The failure with what to do about it, unless its message says that itself. */
  static CommandFailure on(PoolException failure, Path pool) {
    String message = failure.getMessage();
    String advice = message.contains("; ") ? "" : advice(failure, pool);
    return new CommandFailure(advice.isEmpty() ? message : message + "; " + advice, failure);
  }

  /** The failure of a driver with what to do about it, unless its message says that itself. */
  static CommandFailure on(DriverException failure, Path pool) {
    String message = failure.getMessage();
    String advice =
        switch (failure.kind()) {
          case NOT_FOUND ->
              "'veneer layer list "
                  + ShellWord.of(pool)
                  + "' and 'veneer container list' show what is there";
          case ALREADY_EXISTS -> "choose another name, or remove that one first";
          case RESOURCE_EXHAUSTED ->
              "remove images or containers, or 'veneer pool grow "
                  + ShellWord.of(pool)
                  + " --data-size N' adds space";
          default -> "";
        };
    boolean told = message.contains("; ") || advice.isEmpty();
    return new CommandFailure(told ? message : message + "; " + advice, failure);
  }

  private static String advice(PoolException failure, Path pool) {
    if (failure instanceof NoSuchDeviceException) {
      return "'veneer device list " + ShellWord.of(pool) + "' shows the devices";
    } else if (failure instanceof DeviceExistsException) {
      return "choose another name, or remove or rename that device first";
    } else if (failure instanceof PoolLockedException) {
      return whenLocked(pool);
    } else if (failure instanceof UnsupportedFormatException) {
      return "use the version of veneer that made this pool, or a newer one";
    } else if (failure instanceof ReadOnlyException) {
      return whereToWrite(failure, pool);
    }
    return spaceOrDamage(failure, pool);
  }

  /** Commands that get here do not work on a served pool. */
  private static String whenLocked(Path pool) {
    Optional<ControlClient> server = ControlClient.find(pool);
    server.ifPresent(ControlClient::close);
    return server.isPresent()
        ? "that process serves the pool, stop it with SIGTERM and try again"
        : "if that is a server that is starting, try again in a moment, else wait until that"
            + " process has ended, or end it";
  }

  private static String whereToWrite(PoolException failure, Path pool) {
    if (!Files.isWritable(pool)) {
      return "make the folder writable";
    }
    return failure.getMessage().startsWith("device ") ? "write to a snapshot of it" : "";
  }

  private static String spaceOrDamage(PoolException failure, Path pool) {
    if (failure instanceof OutOfDataSpaceException) {
      return "remove devices, or 'veneer pool grow "
          + ShellWord.of(pool)
          + " --data-size N' adds space";
    } else if (failure instanceof OutOfMetadataSpaceException) {
      return "remove devices, or 'veneer pool grow "
          + ShellWord.of(pool)
          + " --metadata-size N' adds space";
    } else if (failure instanceof HostSpaceException) {
      return "free space on the disk that holds the pool and try again, nothing stored is lost";
    } else if (failure instanceof CorruptMetadataException) {
      return "'veneer check " + ShellWord.of(pool) + "' says what is damaged";
    } else if (failure instanceof PoolIoException) {
      return "look at the disk and the kernel's log, then run 'veneer check "
          + ShellWord.of(pool)
          + "'";
    }
    return "";
  }
}

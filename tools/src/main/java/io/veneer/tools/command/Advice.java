// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.driver.DriverException;
import io.veneer.driver.host.ShellWord;
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
import io.veneer.tools.control.PoolHolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** What a user can do about a failure of the pool; the pool itself knows no commands to name. */
final class Advice {
  private final Path pool;

  /** The pool in commands to be pasted. */
  private final String poolWord;

  private Advice(Path pool) {
    this.pool = pool;
    this.poolWord = ShellWord.of(pool);
  }

  /** The failure with what to do about it, unless its message says that itself. */
  static CommandFailure on(PoolException failure, Path pool) {
    return with(failure, () -> new Advice(pool).on(failure));
  }

  /** The failure of a driver with what to do about it, unless its message says that itself. */
  static CommandFailure on(DriverException failure, Path pool) {
    return with(failure, () -> new Advice(pool).on(failure));
  }

  private static CommandFailure with(RuntimeException failure, Supplier<String> onIt) {
    String message = failure.getMessage();
    String advice = message.contains("; ") ? "" : onIt.get();
    return new CommandFailure(advice.isEmpty() ? message : message + "; " + advice, failure);
  }

  private String on(DriverException failure) {
    return switch (failure.kind()) {
      case NOT_FOUND ->
          "'veneer layer list " + poolWord + "' and 'veneer container list' show what is there";
      case ALREADY_EXISTS -> "choose another name, or remove that one first";
      case RESOURCE_EXHAUSTED ->
          "remove images or containers, or 'veneer pool grow "
              + poolWord
              + " --data-size N' adds space";
      default -> "";
    };
  }

  private String on(PoolException failure) {
    if (failure instanceof NoSuchDeviceException) {
      return "'veneer device list " + poolWord + "' shows the devices";
    } else if (failure instanceof DeviceExistsException) {
      return "choose another name, or remove or rename that device first";
    } else if (failure instanceof PoolLockedException) {
      return whenLocked(failure);
    } else if (failure instanceof UnsupportedFormatException) {
      return "use the version of veneer that made this pool, or a newer one";
    } else if (failure instanceof ReadOnlyException) {
      return whereToWrite(failure);
    }
    return spaceOrDamage(failure);
  }

  private String whenLocked(PoolException failure) {
    Optional<ControlClient> server = ControlClient.find(pool);
    server.ifPresent(ControlClient::close);
    return server.isPresent()
        ? "that process serves the pool, stop it with SIGTERM and try again" // check alone
        : PoolHolder.in(failure.getMessage()).advice(pool);
  }

  private String whereToWrite(PoolException failure) {
    if (!Files.isWritable(pool)) {
      return "make the folder writable";
    }
    return failure.getMessage().startsWith("device ") ? "write to a snapshot of it" : "";
  }

  private String spaceOrDamage(PoolException failure) {
    if (failure instanceof OutOfDataSpaceException) {
      return "remove devices, or 'veneer pool grow " + poolWord + " --data-size N' adds space";
    } else if (failure instanceof OutOfMetadataSpaceException) {
      return "remove devices, or 'veneer pool grow " + poolWord + " --metadata-size N' adds space";
    } else if (failure instanceof HostSpaceException) {
      return "free space on the disk that holds the pool and try again, nothing stored is lost";
    } else if (failure instanceof CorruptMetadataException) {
      return "'veneer check " + poolWord + "' says what is damaged";
    } else if (failure instanceof PoolIoException) {
      return "look at the disk and the kernel's log, then run 'veneer check " + poolWord + "'";
    }
    return "";
  }
}

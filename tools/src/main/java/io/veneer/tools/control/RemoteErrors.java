// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import static java.util.Map.entry;

import com.google.gson.JsonObject;
import io.veneer.driver.DriverException;
import io.veneer.thinpool.CorruptMetadataException;
import io.veneer.thinpool.DeviceExistsException;
import io.veneer.thinpool.HostSpaceException;
import io.veneer.thinpool.NoSuchDeviceException;
import io.veneer.thinpool.OutOfDataSpaceException;
import io.veneer.thinpool.OutOfMetadataSpaceException;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolIoException;
import io.veneer.thinpool.QuotaExceededException;
import io.veneer.thinpool.ReadOnlyException;
import io.veneer.thinpool.UnsupportedFormatException;
import java.util.Map;
import java.util.function.Function;

/**
 * Takes failures over the control socket: what the server's pool throws is thrown again on the
 * client's side, with the same type and message. Stateless.
 */
final class RemoteErrors {
  private static final String MESSAGE = "message";
  private static final String SEVERITY = "severity";
  private static final String KIND = "kind";
  private static final String POOL = "Pool";
  private static final String DRIVER = "Driver";

  private static final Map<Class<? extends PoolException>, String> NAMES =
      Map.ofEntries(
          entry(NoSuchDeviceException.class, "NoSuchDevice"),
          entry(DeviceExistsException.class, "DeviceExists"),
          entry(ReadOnlyException.class, "ReadOnly"),
          entry(QuotaExceededException.class, "QuotaExceeded"),
          entry(OutOfDataSpaceException.class, "OutOfDataSpace"),
          entry(OutOfMetadataSpaceException.class, "OutOfMetadataSpace"),
          entry(HostSpaceException.class, "HostSpace"),
          entry(CorruptMetadataException.class, "CorruptMetadata"),
          entry(PoolIoException.class, "PoolIo"),
          entry(UnsupportedFormatException.class, "UnsupportedFormat"),
          entry(ServerEndingException.class, "ServerEnding"));

  private static final Map<String, Function<String, PoolException>> MAKERS =
      Map.ofEntries(
          entry("NoSuchDevice", NoSuchDeviceException::new),
          entry("DeviceExists", DeviceExistsException::new),
          entry("ReadOnly", ReadOnlyException::new),
          entry("QuotaExceeded", QuotaExceededException::new),
          entry("OutOfDataSpace", OutOfDataSpaceException::new),
          entry("OutOfMetadataSpace", OutOfMetadataSpaceException::new),
          entry("HostSpace", HostSpaceException::new),
          entry("CorruptMetadata", CorruptMetadataException::new),
          entry("PoolIo", PoolIoException::new),
          entry("UnsupportedFormat", UnsupportedFormatException::new),
          entry("ServerEnding", ServerEndingException::new));

  private RemoteErrors() {}

  /** The last frame of an answer that failed. */
  static JsonObject answer(RuntimeException failure) {
    JsonObject answer = new JsonObject();
    answer.add(ControlProtocol.ERROR, describe(failure));
    return answer;
  }

  private static JsonObject describe(RuntimeException failure) {
    JsonObject error = new JsonObject();
    error.addProperty(MESSAGE, String.valueOf(failure.getMessage()));
    if (failure instanceof PoolException pool) {
      error.addProperty(ControlProtocol.TYPE, NAMES.getOrDefault(pool.getClass(), POOL));
      error.addProperty(SEVERITY, pool.severity().name());
    } else if (failure instanceof DriverException driver) {
      error.addProperty(ControlProtocol.TYPE, DRIVER);
      error.addProperty(KIND, driver.kind().name());
    } else {
      error.addProperty(ControlProtocol.TYPE, "Internal");
      error.addProperty(MESSAGE, failure.toString());
    }
    return error;
  }

  /** Throws what an answer says, if it says that the request failed. */
  static void check(JsonObject answer) {
    if (answer.has(ControlProtocol.ERROR)) {
      throw exception(answer.getAsJsonObject(ControlProtocol.ERROR));
    }
  }

  private static RuntimeException exception(JsonObject error) {
    String type = text(error, ControlProtocol.TYPE);
    String message = text(error, MESSAGE);
    Function<String, PoolException> maker = MAKERS.get(type);
    if (maker != null) {
      return maker.apply(message);
    }
    return switch (type) {
      case POOL -> new PoolException(severity(text(error, SEVERITY)), message);
      case DRIVER -> new DriverException(kind(text(error, KIND)), message);
      default ->
          new PoolException(
              PoolException.Severity.FATAL,
              "the server of the pool failed: " + message + "; look at what it logged");
    };
  }

  private static String text(JsonObject error, String member) {
    return error.has(member) ? error.get(member).getAsString() : "";
  }

  private static PoolException.Severity severity(String name) {
    for (PoolException.Severity severity : PoolException.Severity.values()) {
      if (severity.name().equals(name)) {
        return severity;
      }
    }
    return PoolException.Severity.REQUEST;
  }

  private static DriverException.Kind kind(String name) {
    for (DriverException.Kind kind : DriverException.Kind.values()) {
      if (kind.name().equals(name)) {
        return kind;
      }
    }
    return DriverException.Kind.UNAVAILABLE;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.veneer.driver.attach.Attachment;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.attach.Via;
import io.veneer.thinpool.PoolException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * The attachments of a pool that another process serves: both sides of the requests about them.
 * What is refused there is thrown here with the same types and messages. One thread.
 */
public final class LiveAttachments implements AutoCloseable {
  private static final String ATTACH = "attach";
  private static final String DETACH = "detach";
  private static final String LIST = "attachments";

  private static final String NAME = "name";
  private static final String PATH = "path";
  private static final String FILE = "file";
  private static final String READ_ONLY = "readOnly";
  private static final String VIA = "via";
  private static final String REMOVED = "removed";
  private static final String DEAD = "dead";
  private static final String SECTOR_BYTES = "sectorBytes";
  private static final String LEFTOVERS = "leftovers";

  /**
   * What is attached, and what an earlier server left.
   *
   * @param attachments in the order in which they were made
   * @param leftovers a line each for what could not be cleaned up, with the command that does it
   */
  public record Listing(List<Attachment> attachments, List<String> leftovers) {}

  private final ControlClient client;

  /**
   * Attachments behind a connection.
   *
   * @param client the connection; closed with this
   */
  public LiveAttachments(ControlClient client) {
    this.client = client;
  }

  /**
   * Adds the requests to those that a server answers.
   *
   * @param requests the server's requests
   * @param attachments who does them
   */
  public static void addTo(ControlRequests requests, Attachments attachments) {
    requests.add(ATTACH, arguments -> write(attach(attachments, arguments)));
    requests.add(
        DETACH,
        arguments -> {
          attachments.detach(arguments.text(NAME));
          return new JsonObject();
        });
    requests.add(LIST, arguments -> list(attachments));
    requests.whenApplied(attachments::refresh);
  }

  /** Without a sector size, whichever the device is attached with already will do. */
  private static Attachment attach(Attachments attachments, Arguments arguments) {
    String name = arguments.text(NAME);
    boolean readOnly = arguments.flag(READ_ONLY);
    Via via = via(arguments.text(VIA));
    return arguments.json().has(SECTOR_BYTES)
        ? attachments.attach(name, readOnly, via, Math.toIntExact(arguments.number(SECTOR_BYTES)))
        : attachments.attach(name, readOnly, via);
  }

  private static JsonObject list(Attachments attachments) {
    JsonArray leftovers = new JsonArray();
    attachments.leftovers().forEach(leftovers::add);
    JsonArray list = new JsonArray();
    attachments.list().forEach(attachment -> list.add(write(attachment)));
    JsonObject json = new JsonObject();
    json.add(LIST, list);
    json.add(LEFTOVERS, leftovers);
    return json;
  }

  private static JsonObject write(Attachment attachment) {
    JsonObject json = new JsonObject();
    json.addProperty(NAME, attachment.device());
    json.addProperty(PATH, attachment.path().toString());
    if (attachment.file() != null) {
      json.addProperty(FILE, attachment.file().toString());
    }
    json.addProperty(READ_ONLY, attachment.readOnly());
    json.addProperty(VIA, attachment.via().name());
    json.addProperty(REMOVED, attachment.removed());
    json.addProperty(DEAD, attachment.dead());
    return json;
  }

  private static Attachment read(JsonObject json) {
    Arguments members = new Arguments(json);
    return new Attachment(
        members.text(NAME),
        Path.of(members.text(PATH)),
        json.has(FILE) ? Path.of(members.text(FILE)) : null,
        members.flag(READ_ONLY),
        via(members.text(VIA)),
        members.flag(REMOVED),
        json.has(DEAD) && members.flag(DEAD)); // servers of before have it not
  }

  private static Via via(String name) {
    try {
      return Via.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw PoolException.badRequest("unknown way to attach: via=" + name);
    }
  }

  /**
   * Attaches a device.
   *
   * @param name the device
   * @param readOnly whether writes shall be refused
   * @param via the way
   * @param sectorBytes 512 or 4096, or empty if that does not matter
   * @return where it is
   */
  public Attachment attach(String name, boolean readOnly, Via via, OptionalInt sectorBytes) {
    JsonObject arguments = new JsonObject();
    arguments.addProperty(NAME, name);
    arguments.addProperty(READ_ONLY, readOnly);
    arguments.addProperty(VIA, via.name());
    sectorBytes.ifPresent(bytes -> arguments.addProperty(SECTOR_BYTES, bytes));
    return read(client.call(ATTACH, arguments));
  }

  /**
   * Takes a block device path back.
   *
   * @param name the device, or the absolute path of its block device or flat file
   */
  public void detach(String name) {
    JsonObject arguments = new JsonObject();
    arguments.addProperty(NAME, name);
    client.call(DETACH, arguments);
  }

  /**
   * Lists what is attached.
   *
   * @return the list at this moment
   */
  public Listing list() {
    Arguments answer = new Arguments(client.call(LIST, new JsonObject()));
    List<Attachment> attachments = new ArrayList<>();
    for (JsonElement element : answer.array(LIST)) {
      attachments.add(read(element.getAsJsonObject()));
    }
    List<String> leftovers = new ArrayList<>();
    answer.array(LEFTOVERS).forEach(element -> leftovers.add(element.getAsString()));
    return new Listing(attachments, leftovers);
  }

  /** Ends the connection. Idempotent. */
  @Override
  public void close() {
    client.close();
  }
}

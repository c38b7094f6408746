// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import com.google.gson.stream.JsonWriter;
import io.veneer.thinpool.NoSpacePolicy;
import io.veneer.thinpool.PoolMode;
import io.veneer.thinpool.PoolStatus;
import io.veneer.tools.control.DoorState;
import io.veneer.tools.control.ServerState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** The state of a pool as text and as JSON. */
final class PoolView {
  private final Path folder;
  private final PoolMode mode;
  private final PoolStatus status;
  private final Optional<ServerState> server;

  PoolView(Path folder, PoolMode mode, PoolStatus status, Optional<ServerState> server) {
    this.folder = folder;
    this.mode = mode;
    this.status = status;
    this.server = server;
  }

  String text() {
    Fields fields = new Fields();
    fields.add("pool", folder.toString());
    fields.add("mode", modeInWords());
    fields.add("data", used(status.usedDataBytes(), status.totalDataBytes()));
    fields.add("metadata", used(status.usedMetadataBytes(), status.totalMetadataBytes()));
    fields.add("on the host", ByteSize.format(status.hostDataBytes()) + " for the data file");
    fields.add("block size", ByteSize.format(status.blockSizeBytes()));
    fields.add("devices", devices());
    server.ifPresent(serving -> addServer(fields, serving));
    addSpaceRules(fields);
    fields.add("transaction id", Long.toString(status.transactionId()));
    fields.add("commits", Long.toString(status.commitSequence()));
    fields.add("clock", Long.toString(status.clock()));
    return fields.render();
  }

  private static void addServer(Fields fields, ServerState server) {
    fields.add("served by", "process " + server.pid());
    for (DoorState door : server.doors()) {
      String clients = door.connections() == 1 ? " connection" : " connections";
      fields.add(door.door(), door.address() + ", " + door.connections() + clients);
    }
  }

  private void addSpaceRules(Fields fields) {
    fields.add(
        "low water",
        ByteSize.format(status.lowWaterBytes())
            + " of data, "
            + ByteSize.format(status.metadataLowWaterBytes())
            + " of metadata");
    boolean grows = status.dataLimitBytes() > status.totalDataBytes();
    fields.add("extends itself", grows ? "to " + ByteSize.format(status.dataLimitBytes()) : "no");
    fields.add("when full", whenFull());
    fields.add("discards", status.discardPassdown() ? "passed down to the host" : "kept");
    fields.addUnlessZero("reserved", status.reservedDataBytes());
    fields.addUnlessZero("being freed", status.pendingDataBytes());
    if (status.heldMetadataRoot() != 0) {
      fields.add("held root", "metadata block " + status.heldMetadataRoot());
    }
  }

  private String whenFull() {
    String policy = status.noSpacePolicy().name().toLowerCase(Locale.ROOT);
    boolean waits = status.noSpacePolicy() == NoSpacePolicy.QUEUE;
    return waits ? policy + " for " + status.noSpaceTimeoutMillis() / 1000.0 + " s" : policy;
  }

  private String devices() {
    String removing =
        status.removingCount() == 0 ? "" : ", being removed " + status.removingCount();
    return status.deviceCount() + removing;
  }

  private String modeInWords() {
    String why = status.onlyReadable() ? ", to write it use a newer veneer" : "";
    return mode.name().toLowerCase(Locale.ROOT).replace('_', ' ')
        + (status.needsCheck() ? ", needs a check" : why);
  }

  private static String used(long usedBytes, long totalBytes) {
    long percent = totalBytes == 0 ? 0 : Math.round(100.0 * usedBytes / totalBytes);
    String sizes = ByteSize.format(usedBytes) + " of " + ByteSize.format(totalBytes);
    return sizes + " used (" + percent + "%)";
  }

  String json() {
    return Json.object(this::write);
  }

  private void write(JsonWriter json) throws IOException {
    json.name("pool").value(folder.toString());
    json.name("mode").value(Json.word(mode));
    json.name("needsCheck").value(status.needsCheck());
    json.name("onlyReadable").value(status.onlyReadable());
    json.name("transactionId").value(status.transactionId());
    json.name("commitSequence").value(status.commitSequence());
    json.name("blockSizeBytes").value(status.blockSizeBytes());
    writeSpace(json);
    json.name("heldMetadataRoot").value(status.heldMetadataRoot());
    json.name("discardPassdown").value(status.discardPassdown());
    json.name("noSpacePolicy").value(Json.word(status.noSpacePolicy()));
    json.name("noSpaceTimeoutMillis").value(status.noSpaceTimeoutMillis());
    json.name("deviceCount").value(status.deviceCount());
    json.name("removingCount").value(status.removingCount());
    json.name("clock").value(status.clock());
    if (server.isPresent()) {
      writeServer(json.name("server"), server.get());
    }
  }

  private static void writeServer(JsonWriter json, ServerState server) throws IOException {
    json.beginObject().name("pid").value(server.pid()).name("doors").beginArray();
    for (DoorState door : server.doors()) {
      json.beginObject();
      json.name("door").value(door.door());
      json.name("address").value(door.address());
      json.name("connections").value(door.connections());
      json.endObject();
    }
    json.endArray().endObject();
  }

  private void writeSpace(JsonWriter json) throws IOException {
    json.name("usedDataBytes").value(status.usedDataBytes());
    json.name("totalDataBytes").value(status.totalDataBytes());
    json.name("dataLimitBytes").value(status.dataLimitBytes());
    json.name("reservedDataBytes").value(status.reservedDataBytes());
    json.name("pendingDataBytes").value(status.pendingDataBytes());
    json.name("hostDataBytes").value(status.hostDataBytes());
    json.name("usedMetadataBytes").value(status.usedMetadataBytes());
    json.name("totalMetadataBytes").value(status.totalMetadataBytes());
    json.name("lowWaterBytes").value(status.lowWaterBytes());
    json.name("metadataLowWaterBytes").value(status.metadataLowWaterBytes());
  }
}

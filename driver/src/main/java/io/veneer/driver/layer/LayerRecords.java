// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.layer;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.driver.SnapshotInfo;
import io.veneer.driver.SnapshotKind;
import io.veneer.driver.host.HostFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The records of a file-level driver: one small JSON file for each layer, {@code <id>.json},
 * written beside and renamed, so that a power cut leaves the old record or the new one; and all of
 * them in memory. A committed snapshot keeps its file under its new name. Any thread, but one
 * change of a record at a time.
 */
final class LayerRecords {
  private static final String SUFFIX = ".json";
  private static final Gson JSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  /** A record with the id of its layer. */
  record Entry(String id, SnapshotInfo info) {}

  /** What stands in a file; the names are the format. */
  private record Stored(
      String key,
      String parent,
      String kind,
      String createdAt,
      String updatedAt,
      Map<String, String> labels) {}

  private final Path folder;
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  private LayerRecords(Path folder) {
    this.folder = folder;
  }

  /** Reads all records of a folder; makes the folder if it is missing. */
  static LayerRecords load(Path folder) throws IOException {
    LayerRecords records = new LayerRecords(folder);
    Files.createDirectories(folder);
    HostFiles.removeUnfinished(folder);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        Entry entry = read(file);
        records.entries.put(entry.info.key(), entry);
      }
    }
    return records;
  }

  Path folder() {
    return folder;
  }

  Optional<Entry> find(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  Collection<Entry> all() {
    return List.copyOf(entries.values());
  }

  /** Writes a layer's record; durable on return. */
  void put(Entry entry, String oldKey) throws IOException {
    SnapshotInfo info = entry.info;
    Stored stored =
        new Stored(
            info.key(),
            info.parent(),
            info.kind().name(),
            info.createdAt().toString(),
            info.updatedAt().toString(),
            info.labels());
    HostFiles.replace(file(entry.id), JSON.toJson(stored).getBytes(StandardCharsets.UTF_8));
    // First the new name, then not the old one: a reader may see both for a moment, never neither.
    entries.put(info.key(), entry);
    if (!oldKey.equals(info.key())) {
      entries.remove(oldKey);
    }
  }

  /** Removes a layer's record; durable on return. */
  void remove(Entry entry) throws IOException {
    Files.deleteIfExists(file(entry.id));
    HostFiles.forceFolder(folder);
    entries.remove(entry.info.key());
  }

  private Path file(String id) {
    return folder.resolve(id + SUFFIX);
  }

  private static Entry read(Path file) throws IOException {
    String name = file.getFileName().toString();
    String id = name.substring(0, name.length() - SUFFIX.length());
    try {
      Stored stored = JSON.fromJson(Files.readString(file), Stored.class);
      return new Entry(
          id,
          new SnapshotInfo(
              stored.key,
              stored.parent,
              SnapshotKind.valueOf(stored.kind),
              Instant.parse(stored.createdAt),
              Instant.parse(stored.updatedAt),
              stored.labels));
    } catch (JsonParseException
        | NullPointerException
        | IllegalArgumentException
        | DateTimeException e) {
      throw new DriverException(Kind.DATA_LOSS, "record cannot be read file=" + file, e);
    }
  }
}

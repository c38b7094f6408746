// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.archive.TarEntry.Content;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Makes an archive entry by entry, of whatever names a test can think of. */
public final class ArchiveBuilder {
  static final FileTime TIME = new FileTime(1_700_000_000L, 123_456_789);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarWriter writer = new TarWriter(bytes);
  private final Map<String, byte[]> attributes = new HashMap<>();
  private DeviceNumber device = DeviceNumber.NONE;
  private long owner = FolderCalls.libC().geteuid();

  /** The next entry gets an attribute. */
  public ArchiveBuilder attribute(String name, byte[] value) {
    attributes.put(name, value);
    return this;
  }

  /** All further entries belong to somebody. */
  public ArchiveBuilder owner(long id) {
    owner = id;
    return this;
  }

  public ArchiveBuilder folder(String path, int permissions) {
    return entry(path, FileStatus.FOLDER, "", permissions, new byte[0]);
  }

  public ArchiveBuilder file(String path, String content) {
    return file(path, 0644, content.getBytes(StandardCharsets.UTF_8));
  }

  public ArchiveBuilder file(String path, int permissions, byte[] content) {
    return entry(path, FileStatus.REGULAR, "", permissions, content);
  }

  public ArchiveBuilder link(String path, String target) {
    return entry(path, FileStatus.LINK, target, 0777, new byte[0]);
  }

  public ArchiveBuilder hardLink(String path, String target) {
    return entry(path, TarEntry.HARD_LINK, target, 0644, new byte[0]);
  }

  public ArchiveBuilder fifo(String path) {
    return entry(path, FileStatus.FIFO, "", 0640, new byte[0]);
  }

  public ArchiveBuilder device(String path, int major, int minor) {
    device = new DeviceNumber(major, minor);
    return entry(path, FileStatus.CHARACTER_DEVICE, "", 0660, new byte[0]);
  }

  public ArchiveBuilder whiteout(String path) {
    return file(path, 0, new byte[0]);
  }

  private ArchiveBuilder entry(
      String path, int type, String link, int permissions, byte[] content) {
    try {
      writer.begin(
          new TarEntry(
              ByteNames.ofText(path),
              type,
              ByteNames.ofText(link),
              permissions,
              owner,
              owner,
              TIME,
              device,
              Content.whole(content.length),
              Map.copyOf(attributes)));
      writer.write(content, 0, content.length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    device = DeviceNumber.NONE;
    attributes.clear();
    return this;
  }

  public byte[] bytes() {
    try {
      writer.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  public InputStream stream() {
    return new ByteArrayInputStream(bytes());
  }
}

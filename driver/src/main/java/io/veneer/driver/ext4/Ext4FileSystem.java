// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import io.veneer.thinpool.BlockDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * Reads an ext4 (or ext3, ext2) file system from a device, without a mount and without writing.
 *
 * <p>The device must not change meanwhile: a snapshot, or a file system that nobody has mounted for
 * writing. What a journal holds that was not yet brought to its place is replayed in memory, so
 * that a snapshot of a mounted file system reads as it would mount.
 *
 * <p>One thread at a time. The device stays the caller's. Every method fails with a {@link
 * DriverException}: DATA_LOSS where the file system contradicts itself, UNIMPLEMENTED for features
 * that are not read here, NOT_FOUND for a path that is not there.
 */
public final class Ext4FileSystem {
  /** The longest target of a link. */
  private static final int LINK_BYTES_MAX = 4096;

  private final Geometry geometry;
  private final BlockReader reader;
  private final GroupTable groups;
  private final FileContents contents;
  private final Directory directories;
  private final AttributeReader attributes;

  private Ext4FileSystem(BlockDevice device, Geometry geometry, Map<Long, ByteBuffer> overlay) {
    this.geometry = geometry;
    this.reader = new BlockReader(device, geometry, overlay);
    this.groups = new GroupTable(reader, geometry);
    this.attributes = new AttributeReader(reader, this::inode);
    this.contents = new FileContents(reader, attributes);
    this.directories = new Directory(reader, contents, geometry);
  }

  /**
   * Opens the file system on a device.
   *
   * @param device the device
   * @return the file system
   */
  public static Ext4FileSystem open(BlockDevice device) {
    Geometry geometry = SuperblockFormat.decode(superblock(device));
    Damage.unless(
        geometry.bytes() <= device.sizeBytes(),
        "file system is larger than its device, deviceBytes=" + device.sizeBytes(),
        "bytes",
        geometry.bytes());
    Ext4FileSystem raw = new Ext4FileSystem(device, geometry, Map.of());
    if (!geometry.has(Features.RECOVER)) {
      return raw;
    }
    return new Ext4FileSystem(device, geometry, raw.unfinishedBlocks());
  }

  /**
   * Tells whether a device looks as if it held an ext4 file system.
   *
   * @param device the device
   * @return false if it cannot be one
   */
  public static boolean isOn(BlockDevice device) {
    return device.sizeBytes() >= SuperblockFormat.OFFSET + SuperblockFormat.LENGTH
        && SuperblockFormat.hasMagic(superblock(device));
  }

  private static ByteBuffer superblock(BlockDevice device) {
    ByteBuffer image = ByteBuffer.allocate(SuperblockFormat.LENGTH).order(ByteOrder.LITTLE_ENDIAN);
    Damage.unless(
        device.sizeBytes() >= SuperblockFormat.OFFSET + SuperblockFormat.LENGTH,
        "device is too small",
        "deviceBytes",
        device.sizeBytes());
    device.read(SuperblockFormat.OFFSET, image);
    return image.clear();
  }

  private Map<Long, ByteBuffer> unfinishedBlocks() {
    if ((geometry.compatible() & Features.HAS_JOURNAL) == 0 || geometry.journalInode() == 0) {
      throw Damage.unsupported("its journal lies on another device");
    }
    return Journal.replay(reader, contents.runs(inode(geometry.journalInode())));
  }

  /**
   * Tells where the journal lies, if everything in it is in its place: those bytes mean nothing any
   * more. The first block, which describes the journal, is left out.
   *
   * @param visitor takes each range; never called if the journal holds something, or lies on
   *     another device
   */
  public void emptyJournal(RangeVisitor visitor) {
    boolean inside =
        (geometry.compatible() & Features.HAS_JOURNAL) != 0 && geometry.journalInode() != 0;
    if (!inside || geometry.has(Features.RECOVER)) {
      return;
    }
    List<Run> runs = contents.runs(inode(geometry.journalInode()));
    if (Journal.isEmpty(reader, runs)) {
      for (Run run : runs) {
        long skip = run.logical() == 0 ? 1 : 0;
        long blocks = run.length() - skip;
        visitor.visit(
            (run.physical() + skip) * geometry.blockBytes(), blocks * geometry.blockBytes());
      }
    }
  }

  /**
   * The root directory.
   *
   * @return its inode
   */
  public Inode root() {
    Inode root = inode(Inode.ROOT);
    Damage.unless(root.isDirectory(), "root is no directory", "inode", Inode.ROOT);
    return root;
  }

  /**
   * Reads an inode.
   *
   * @param number its number
   * @return the inode
   */
  public Inode inode(long number) {
    long block = groups.blockOf(number);
    return InodeFormat.decode(number, reader.block(block), groups.offsetOf(number), geometry);
  }

  /** An inode, or null if its number is not in use. */
  Inode usedInode(long number) {
    if (number < 1 || number > geometry.inodes()) {
      return null;
    }
    ByteBuffer table = reader.block(groups.blockOf(number));
    int at = groups.offsetOf(number);
    boolean used = InodeFormat.isUsed(table, at) && !groups.isNeverUsed(number);
    return used ? InodeFormat.decode(number, table, at, geometry) : null;
  }

  /**
   * Visits the names in a directory, in the order in which they lie.
   *
   * @param directory a directory's inode
   * @param visitor takes each entry; those for the directory itself and its parent are left out
   */
  public void list(Inode directory, Consumer<DirectoryEntry> visitor) {
    Damage.unless(directory.isDirectory(), "no directory", "inode", directory.number());
    directories.forEach(directory, visitor);
  }

  /**
   * Lists the names in a directory.
   *
   * @param directory a directory's inode
   * @return the entries, in the order in which they lie
   */
  public List<DirectoryEntry> list(Inode directory) {
    List<DirectoryEntry> entries = new ArrayList<>();
    list(directory, entries::add);
    return entries;
  }

  /**
   * Looks a path up, without following links.
   *
   * @param path names with {@code /} between them; empty for the root
   * @return the inode, or empty if there is none
   */
  public Optional<Inode> find(String path) {
    Inode at = root();
    for (String name : path.split("/")) {
      if (name.isEmpty()) {
        continue;
      }
      Optional<Inode> next = at.isDirectory() ? child(at, name) : Optional.empty();
      if (next.isEmpty()) {
        return next;
      }
      at = next.get();
    }
    return Optional.of(at);
  }

  private Optional<Inode> child(Inode directory, String name) {
    return list(directory).stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .map(entry -> inode(entry.inode()));
  }

  /**
   * Opens a regular file.
   *
   * @param file its inode
   * @return its bytes
   */
  public FileContent open(Inode file) {
    if (file.type() != FileType.REGULAR && file.type() != FileType.LINK) {
      throw new DriverException(Kind.INVALID_ARGUMENT, "not a regular file inode=" + file.number());
    }
    return contents.open(file);
  }

  /**
   * Reads the target of a symbolic link.
   *
   * @param link its inode
   * @return the target
   */
  public String target(Inode link) {
    long length = link.sizeBytes();
    Damage.unless(
        link.type() == FileType.LINK && length > 0 && length <= LINK_BYTES_MAX,
        "symbolic link",
        link.number(),
        "length",
        length);
    byte[] bytes = new byte[(int) length];
    if (length < InodeFormat.CONTENT_LENGTH && !link.has(InodeFormat.INLINE_DATA)) {
      link.image().get(InodeFormat.CONTENT_AT, bytes);
    } else {
      contents.open(link).read(0, ByteBuffer.wrap(bytes));
    }
    return FileName.decode(bytes);
  }

  /**
   * Reads the extended attributes of an inode, access control lists among them.
   *
   * @param inode the inode
   * @return values by full name, as system calls show them
   */
  public SortedMap<String, byte[]> attributes(Inode inode) {
    return attributes.attributes(inode);
  }

  /**
   * How many inodes are in use, those that the file system has for itself included.
   *
   * @return a number of inodes
   */
  public long usedInodes() {
    return groups.usedInodes();
  }

  Geometry geometry() {
    return geometry;
  }

  BlockReader reader() {
    return reader;
  }

  GroupTable groups() {
    return groups;
  }

  FileContents contents() {
    return contents;
  }

  long parentOf(Inode directory) {
    return directories.parentOf(directory);
  }
}

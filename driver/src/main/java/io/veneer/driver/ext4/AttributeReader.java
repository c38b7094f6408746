// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.ext4;

import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads extended attributes, from inodes and from their blocks. One thread at a time. */
final class AttributeReader {
  /** The kernel's limit of one value. */
  private static final int VALUE_BYTES_MAX = 64 << 10;

  private final BlockReader reader;
  private final InodeSource inodes;

  AttributeReader(BlockReader reader, InodeSource inodes) {
    this.reader = reader;
    this.inodes = inodes;
  }

  /** Reads an inode by its number. */
  interface InodeSource {
    Inode inode(long number);
  }

  /** What an inode has, by full name, as system calls show it. */
  SortedMap<String, byte[]> attributes(Inode inode) {
    SortedMap<String, byte[]> found = kept(inode);
    found.remove(AttributeFormat.INLINE_REST);
    found.replaceAll(
        (name, value) ->
            AccessListFormat.isAccessList(name)
                ? AccessListFormat.seen(value, inode.number())
                : value);
    return found;
  }

  /** What does not fit into the content field of an inode with inline data. */
  byte[] inlineRest(Inode inode) {
    return kept(inode).getOrDefault(AttributeFormat.INLINE_REST, new byte[0]);
  }

  private SortedMap<String, byte[]> kept(Inode inode) {
    SortedMap<String, byte[]> found = new TreeMap<>();
    addFromInode(inode, found);
    long block = InodeFormat.attributesBlock(inode.image());
    if (block != 0) {
      ByteBuffer image = reader.block(block);
      Damage.unless(
          AttributeFormat.hasMagic(image, 0),
          "no block of attributes",
          inode.number(),
          "block",
          block);
      Area area = new Area(inode.number(), image, AttributeFormat.BLOCK_HEADER_LENGTH, 0);
      addAll(area, found);
    }
    return found;
  }

  private void addFromInode(Inode inode, SortedMap<String, byte[]> found) {
    ByteBuffer image = inode.image();
    int header = InodeFormat.OLD_LENGTH + InodeFormat.extraBytes(image);
    int first = header + AttributeFormat.INODE_HEADER_LENGTH;
    if (first < image.capacity() && AttributeFormat.hasMagic(image, header)) {
      addAll(new Area(inode.number(), image, first, first), found);
    }
  }

  /** Some entries, and where their values' offsets count from. */
  private record Area(long inode, ByteBuffer image, int first, int valuesFrom) {}

  private void addAll(Area area, SortedMap<String, byte[]> found) {
    int end = area.image.capacity();
    for (int at = area.first; !AttributeFormat.isEnd(area.image, at, end); ) {
      int next = AttributeFormat.next(area.image, at, end, area.inode);
      found.put(AttributeFormat.name(area.image, at, area.inode), value(area, at));
      at = next;
    }
  }

  private byte[] value(Area area, int at) {
    long length = AttributeFormat.valueLength(area.image, at);
    long valueInode = AttributeFormat.valueInode(area.image, at);
    Damage.unless(length <= VALUE_BYTES_MAX, "attribute value", area.inode, "length", length);
    byte[] value = new byte[(int) length];
    if (valueInode != 0) {
      readValue(area.inode, valueInode, value);
      return value;
    }
    long from = (long) area.valuesFrom + AttributeFormat.valueOffset(area.image, at);
    Damage.unless(
        from + length <= area.image.capacity(),
        "attribute value",
        area.inode,
        "end",
        from + length);
    area.image.get((int) from, value);
    return value;
  }

  private void readValue(long owner, long number, byte[] value) {
    Inode holder = inodes.inode(number);
    Damage.unless(
        holder.has(InodeFormat.ATTRIBUTE_VALUE)
            && !holder.has(InodeFormat.INLINE_DATA)
            && holder.sizeBytes() == value.length,
        "inode of an attribute's value",
        owner,
        "valueInode",
        number);
    FileContents contents = new FileContents(reader, this);
    contents.open(holder).read(0, ByteBuffer.wrap(value));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import io.veneer.driver.NodeType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes and changes what Linux knows of a file beside its content: devices and pipes, owners, times
 * and extended attributes. Links are never followed. Stateless; any thread.
 */
public final class HostNodes {
  private HostNodes() {}

  /**
   * Tells whether this process may make devices, give files away and mount.
   *
   * @return whether it runs as root
   */
  public static boolean isRoot() {
    return NodeCalls.isRoot();
  }

  /**
   * Makes a device, pipe or socket's name.
   *
   * @param path where; nothing is there
   * @param type what; no folder and no link
   * @param permissions low 12 bits of the mode, taken as they are
   * @param deviceNumber the device's number, or 0
   * @throws IOException if the host fails, or refuses
   */
  public static void make(Path path, NodeType type, int permissions, long deviceNumber)
      throws IOException {
    NodeCalls.makeNode(path, FileStatus.typeBits(type) | permissions, deviceNumber);
    setPermissions(path, permissions);
  }

  /**
   * Makes a symbolic link.
   *
   * @param path where; nothing is there
   * @param target its target, byte by byte as it will be read
   * @throws IOException if the host fails
   */
  public static void makeLink(Path path, byte[] target) throws IOException {
    NodeCalls.makeLink(path, target);
  }

  /**
   * Reads a symbolic link. (The JDK reads it as a path and tidies it up.)
   *
   * @param path the link
   * @return its target as it is
   * @throws IOException if the host fails
   */
  public static byte[] readLink(Path path) throws IOException {
    return NodeCalls.readLink(path);
  }

  /**
   * Sets the size of a regular file: cuts it off, or lets it end in a hole.
   *
   * @param path what is no link
   * @param sizeBytes 0 or more
   * @throws IOException if the host fails
   */
  public static void setSize(Path path, long sizeBytes) throws IOException {
    NodeCalls.setSize(path, sizeBytes);
  }

  /**
   * Sets the mode.
   *
   * @param path what is no link
   * @param permissions low 12 bits
   * @throws IOException if the host fails
   */
  public static void setPermissions(Path path, int permissions) throws IOException {
    Files.setAttribute(path, "unix:mode", permissions);
  }

  /**
   * Gives a file away.
   *
   * @param path the file or link
   * @param owner user id
   * @param group group id
   * @throws IOException if the host fails, or refuses
   */
  public static void setOwner(Path path, int owner, int group) throws IOException {
    NodeCalls.setOwner(path, owner, group);
  }

  /**
   * Sets both times.
   *
   * @param path the file or link
   * @param accessed time of the last reading
   * @param modified time of the last change
   * @throws IOException if the host fails
   */
  public static void setTimes(Path path, Instant accessed, Instant modified) throws IOException {
    NodeCalls.setTimes(path, accessed, modified);
  }

  /**
   * Renames, in one step, in the place of what is there if that can be. (The JDK's move does not
   * say that a folder was not empty.)
   *
   * @param from a file or folder
   * @param to its new name
   * @throws java.nio.file.DirectoryNotEmptyException if a folder there is not empty
   * @throws java.nio.file.AtomicMoveNotSupportedException if the host answers EXDEV
   * @throws IOException if the host fails
   */
  public static void rename(Path from, Path to) throws IOException {
    NodeCalls.rename(from, to);
  }

  /**
   * Gives each of two files the other's name, in one step that a crash cannot cut.
   *
   * @param one a file or folder
   * @param other another in the same file system
   * @throws IOException if the host fails
   */
  public static void exchange(Path one, Path other) throws IOException {
    NodeCalls.exchange(one, other);
  }

  /**
   * Reads all extended attributes that this process may see.
   *
   * @param path the file or link
   * @return values by name with namespace, in the order of the names
   * @throws IOException if the host fails
   */
  public static Map<String, byte[]> attributes(Path path) throws IOException {
    Map<String, byte[]> attributes = new TreeMap<>();
    String names = new String(NodeCalls.attributeNames(path), StandardCharsets.UTF_8);
    for (String name : names.split("\0")) {
      if (!name.isEmpty()) {
        NodeCalls.attribute(path, name).ifPresent(value -> attributes.put(name, value));
      }
    }
    return attributes;
  }

  /**
   * Reads one extended attribute.
   *
   * @param path the file or link
   * @param name with namespace
   * @return its value, or empty if it is not there or not to be seen
   * @throws IOException if the host fails
   */
  public static Optional<byte[]> attribute(Path path, String name) throws IOException {
    return NodeCalls.attribute(path, name);
  }

  /**
   * Sets one extended attribute.
   *
   * @param path the file or link
   * @param name with namespace
   * @param value its bytes
   * @throws IOException if the host fails, or refuses
   */
  public static void setAttribute(Path path, String name, byte[] value) throws IOException {
    NodeCalls.setAttribute(path, name, value);
  }

  /**
   * Removes one extended attribute.
   *
   * @param path the file or link
   * @param name with namespace
   * @throws IOException if the host fails, or there is none
   */
  public static void removeAttribute(Path path, String name) throws IOException {
    NodeCalls.removeAttribute(path, name);
  }
}

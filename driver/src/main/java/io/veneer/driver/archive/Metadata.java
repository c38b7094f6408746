// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import jnr.constants.platform.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives a file the owner, attributes, mode and time of its entry. What is so already is left alone,
 * so that an archive that is applied to its own files changes nothing below.
 *
 * <p>The order matters: a change of owner clears setuid bits and file capabilities, a file that is
 * read-only takes no attributes of a user, and everything changes a time. One thread.
 */
final class Metadata {
  private static final Logger LOG = LoggerFactory.getLogger(Metadata.class);

  /** What overlayfs notes in its own layers; an archive that brought them could redirect it. */
  private static final List<String> NEVER = List.of("trusted.overlay.", "user.overlay.");

  /** What the host's security policy sets by itself. */
  private static final String POLICY = "security.selinux";

  private final boolean asRoot;
  private long leftOut;

  Metadata(boolean asRoot) {
    this.asRoot = asRoot;
  }

  long leftOut() {
    return leftOut;
  }

  /** Counts something that is not made at all. */
  void leaveOut(String what, TarEntry entry) {
    leftOut++;
    LOG.debug("left out {} path={}", what, ByteNames.text(entry.path()));
  }

  /** Sets all but, for a folder, mode and time. */
  void apply(TarEntry entry, OpenFolder folder, String name) throws IOException {
    FileStatus status = folder.present(name);
    boolean owned = status.owner() == entry.owner() && status.group() == entry.group();
    if (asRoot && !owned) {
      folder.setOwner(name, entry.owner(), entry.group());
    }
    applyAttributes(entry, folder.attributes(name));
    if (entry.isFolder()) {
      return;
    }
    if (!status.isLink()) {
      applyPermissions(entry, folder, name);
    }
    if (!folder.present(name).modified().equals(entry.modified())) {
      folder.setTime(name, entry.modified());
    }
  }

  private static void applyPermissions(TarEntry entry, OpenFolder folder, String name)
      throws IOException {
    if (folder.present(name).permissions() != entry.permissions()) {
      folder.setPermissions(name, entry.permissions());
    }
  }

  private void applyAttributes(TarEntry entry, ExtendedAttributes attributes) throws IOException {
    for (String name : attributes.names()) {
      if (!entry.attributes().containsKey(name) && isOurs(name)) {
        removeAttribute(attributes, name);
      }
    }
    for (Map.Entry<String, byte[]> each : entry.attributes().entrySet()) {
      if (isOurs(each.getKey())) {
        setAttribute(entry, attributes, each.getKey(), each.getValue());
      }
    }
  }

  /** Whether an attribute is a file's own, and not what others note about it. */
  static boolean isOurs(String name) {
    return !name.equals(POLICY) && NEVER.stream().noneMatch(name::startsWith);
  }

  private void removeAttribute(ExtendedAttributes attributes, String name) throws IOException {
    try {
      attributes.remove(name);
    } catch (HostFailure e) {
      if (asRoot) {
        throw e;
      }
    }
  }

  private void setAttribute(
      TarEntry entry, ExtendedAttributes attributes, String name, byte[] value) throws IOException {
    try {
      attributes.set(name, value);
    } catch (HostFailure e) {
      boolean none = e.errno() == Errno.EOPNOTSUPP;
      boolean forbidden = e.errno() == Errno.EPERM || e.errno() == Errno.EACCES;
      if (!none && (asRoot || !forbidden)) {
        throw e;
      }
      leaveOut("attribute " + ByteNames.text(name), entry);
    }
  }
}

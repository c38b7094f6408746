// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.archive;

import io.veneer.driver.DriverException;
import io.veneer.driver.DriverException.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * One walk along a path that never leaves the folder it begins in.
 *
 * <p>Each component is opened from the folder before it, without following links. A link on the way
 * is read and its target walked as if the first folder were the root of a file system: an absolute
 * target begins there, and {@code ..} stops there. All folders on the way stay open, so that {@code
 * ..} goes back to the one that was walked through and not to wherever that has been moved. So
 * somebody who swaps a folder for a link at the wrong moment wins nothing.
 */
final class ConfinedWalk implements AutoCloseable {
  private static final int LINKS_MAX = 40;

  private final List<String> wanted;
  private final ConfinedTree.MissingFolder missing;
  private final Deque<String> todo = new ArrayDeque<>();

  /** The path walked so far, and its folders; these are one more, the first is the top. */
  private final List<String> path = new ArrayList<>();

  private final Deque<OpenFolder> folders = new ArrayDeque<>();
  private int lengthBytes;
  private int links;

  ConfinedWalk(OpenFolder top, List<String> wanted, ConfinedTree.MissingFolder missing)
      throws HostFailure {
    this.wanted = wanted;
    this.missing = missing;
    todo.addAll(wanted);
    folders.push(top.again());
  }

  Optional<ConfinedTree.Found> run() throws IOException {
    while (!todo.isEmpty()) {
      String name = todo.pop();
      if (name.equals("..")) {
        goBack();
      } else if (!goInto(name)) {
        return Optional.empty();
      }
    }
    return Optional.of(new ConfinedTree.Found(folders.pop(), List.copyOf(path)));
  }

  private void goBack() {
    if (!path.isEmpty()) {
      lengthBytes -= path.remove(path.size() - 1).length() + 1;
      folders.pop().close();
    }
  }

  private boolean goInto(String name) throws IOException {
    OpenFolder here = folders.element();
    if (goIntoExisting(here, name)) {
      return true;
    }
    if (!missing.make(here, List.copyOf(path), name)) {
      return false;
    }
    if (!goIntoExisting(here, name)) {
      throw refused("a path goes through what is no folder");
    }
    return true;
  }

  private boolean goIntoExisting(OpenFolder here, String name) throws IOException {
    Optional<OpenFolder> child = here.find(name);
    if (child.isPresent()) {
      enter(name, child.get());
      return true;
    }
    Optional<String> target = here.readLink(name);
    target.ifPresent(this::turnTo);
    return target.isPresent();
  }

  private void enter(String name, OpenFolder child) {
    folders.push(child);
    path.add(name);
    lengthBytes += name.length() + 1;
    if (lengthBytes > EntryPath.BYTES_MAX) {
      throw refused("links lead to a path that is too long");
    }
  }

  private void turnTo(String target) {
    if (++links > LINKS_MAX) {
      throw refused("too many links in the way of a path");
    }
    if (target.startsWith("/")) {
      while (!path.isEmpty()) {
        goBack();
      }
    }
    String[] components = target.split("/");
    for (int i = components.length - 1; i >= 0; i--) {
      if (!components[i].isEmpty() && !components[i].equals(".")) {
        todo.push(components[i]);
      }
    }
  }

  private DriverException refused(String what) {
    return new DriverException(Kind.INVALID_ARGUMENT, what + " path=" + ConfinedTree.shown(wanted));
  }

  @Override
  public void close() {
    folders.forEach(OpenFolder::close);
  }
}

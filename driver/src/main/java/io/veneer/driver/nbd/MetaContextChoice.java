// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.BlockDevice;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The metadata contexts of an export by name: which there are, and which of them a client chose.
 * There is {@code base:allocation}, and for every other export that can be compared {@code
 * veneer:changed-since:} with its name. A query for a list may end with a colon, for all that begin
 * so; a query that chooses names one context.
 */
final class MetaContextChoice {
  private static final String BASE = "base:";
  private static final String VENEER = "veneer:";

  private final ExportSource source;
  private final String exportName;
  private final Set<String> names = new LinkedHashSet<>();
  private boolean hasAllChanges;

  MetaContextChoice(ExportSource source, String exportName) {
    this.source = source;
    this.exportName = exportName;
  }

  String exportName() {
    return exportName;
  }

  List<String> names() {
    return List.copyOf(names);
  }

  /** Adds what one query of a list means. */
  void addMatching(String query) {
    if (query.equals(BASE)) {
      names.add(AllocationContext.NAME);
    } else if (query.equals(VENEER) || query.equals(ChangesContext.PREFIX)) {
      addAllChanges();
    } else {
      addNamed(query);
    }
  }

  /** Adds all that there are. */
  void addAll() {
    names.add(AllocationContext.NAME);
    addAllChanges();
  }

  /** Once is enough, however often it is asked for: there may be many. */
  private void addAllChanges() {
    if (hasAllChanges) {
      return;
    }
    hasAllChanges = true;
    for (String since : source.names()) {
      if (source.knowsChanges(exportName, since)) {
        names.add(ChangesContext.PREFIX + since);
      }
    }
  }

  /** Whether these are more than can be chosen at once; as many as there are can be listed. */
  boolean isTooMany() {
    return names.size() > MetaContexts.CONTEXTS_MAX;
  }

  /** Adds the context of that name, if there is one. */
  void addNamed(String query) {
    boolean known =
        query.equals(AllocationContext.NAME)
            || query.startsWith(ChangesContext.PREFIX)
                && source.knowsChanges(exportName, since(query));
    if (known) {
      names.add(query);
    }
  }

  private static String since(String name) {
    return name.substring(ChangesContext.PREFIX.length());
  }

  /** What was chosen, for an export that was opened. */
  MetaContexts open(BlockDevice device) {
    List<MetaContext> contexts = new ArrayList<>();
    for (String name : names) {
      contexts.add(
          name.equals(AllocationContext.NAME)
              ? new AllocationContext(device)
              : ChangesContext.open(source, device, since(name)));
    }
    return new MetaContexts(contexts);
  }
}

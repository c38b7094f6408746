// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.BlockDevice;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which metadata contexts queries mean. */
class MetaContextChoiceTest {

  /** Three exports that can be compared, and how often that was asked. */
  private static final class Source implements ExportSource {
    private int comparisonCount;

    @Override
    public List<String> names() {
      return List.of("disk", "monday", "tuesday");
    }

    @Override
    public Optional<String> defaultName() {
      return Optional.empty();
    }

    @Override
    public BlockDevice open(String name, boolean readOnly) {
      throw new AssertionError("nothing is opened to choose");
    }

    @Override
    public boolean knowsChanges(String name, String since) {
      comparisonCount++;
      return !name.equals(since);
    }
  }

  @Test
  void looksThroughTheExportsOnceHoweverOftenItIsAsked() {
    Source source = new Source();
    MetaContextChoice choice = new MetaContextChoice(source, "disk");
    for (int query = 0; query < 4000; query++) {
      choice.addMatching("veneer:");
      choice.addMatching("veneer:changed-since:");
    }
    assertEquals(
        List.of("veneer:changed-since:monday", "veneer:changed-since:tuesday"), choice.names());
    assertEquals(3, source.comparisonCount);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Text from images in messages. */
class ShownTest {
  @Test
  void noCharacterControlsATerminal() {
    assertEquals("a?b?[1m?1m\u00e9", Shown.of("a\nb\u001b[1m\u009b1m\u00e9"));
  }

  @Test
  void longTextIsCut() {
    assertEquals("x".repeat(200) + "...", Shown.of("x".repeat(201)));
  }
}

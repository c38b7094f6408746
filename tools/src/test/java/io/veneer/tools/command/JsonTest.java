// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.thinpool.PoolMode;
import org.junit.jupiter.api.Test;

class JsonTest {

  @Test
  void writesAnIndentedObjectWithALineEnd() {
    String text =
        Json.object(json -> json.name("sizeBytes").value(1L << 40).name("ok").value(true));
    assertEquals("{\n  \"sizeBytes\": 1099511627776,\n  \"ok\": true\n}\n", text);
  }

  @Test
  void escapesOnlyWhatMustBe() {
    String text = Json.object(json -> json.name("a=b").value("x\n\"<é>"));
    assertEquals("{\n  \"a=b\": \"x\\n\\\"<é>\"\n}\n", text);
  }

  @Test
  void writesConstantsInLowerCamelCase() {
    assertEquals("write", Json.word(PoolMode.WRITE));
    assertEquals("outOfDataSpace", Json.word(PoolMode.OUT_OF_DATA_SPACE));
  }
}

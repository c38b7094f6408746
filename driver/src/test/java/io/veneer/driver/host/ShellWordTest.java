// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/srv/pool",
        "/a b\tc",
        "/x $(touch pwned)`id`;&|<>(){}[]*?!#~^=%",
        "/one\ntwo\r\u001b[31m",
        "/it's \"quoted\" \\n",
        "/\u00fc\u4e16\u202e\u00a0\ud83d\ude00",
      })
  void aShellReadsTheSame(String text) throws Exception {
    Process shell = new ProcessBuilder("bash", "-c", "printf %s " + ShellWord.of(text)).start();
    byte[] read = shell.getInputStream().readAllBytes();
    assertEquals(text, new String(read, StandardCharsets.UTF_8));
    assertEquals(0, shell.waitFor());
  }

  @Test
  void onlyWhatMustBeIsQuoted() {
    assertEquals("/srv/my-pool_1.d", ShellWord.of(Path.of("/srv/my-pool_1.d")));
    assertEquals("/srv/my\\ pool", ShellWord.of(Path.of("/srv/my pool")));
    assertEquals("/a$'\\012'b", ShellWord.of("/a\nb"));
  }
}

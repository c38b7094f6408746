// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a service manager hears, in both forms of its socket's address. */
@Timeout(20)
class ServiceNoticesTest {
  @TempDir private Path folder;

  @Test
  void reachesASocketInTheFileSystem() throws IOException {
    hearsReadyAndStopping(folder.resolve("notify").toString());
  }

  @Test
  void reachesAnAbstractSocket() throws IOException {
    hearsReadyAndStopping("@veneer-test-" + ProcessHandle.current().pid());
  }

  private static void hearsReadyAndStopping(String address) throws IOException {
    try (DatagramReceiver manager = new DatagramReceiver(address)) {
      ServiceNotices notices = new ServiceNotices(address);
      notices.ready("Serving\n/srv/pool");
      assertEquals("READY=1\nSTATUS=Serving /srv/pool\n", manager.receive());
      notices.stopping();
      assertEquals("STOPPING=1\n", manager.receive());
    }
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "relative", "@", "vsock:2:1234", "/nowhere/at/all"})
  void noManagerIsNoFailure(String address) {
    new ServiceNotices(address).ready("Serving");
  }

  @Test
  void anAddressThatIsTooLongIsNoFailure() {
    new ServiceNotices("/" + "x".repeat(200)).stopping();
  }
}

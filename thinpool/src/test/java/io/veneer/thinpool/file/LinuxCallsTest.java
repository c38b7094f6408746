// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.Test;

/** The native calls, and the fault of jnr-ffi that they stay clear of (jnr/jnr-ffi issue 181). */
class LinuxCallsTest {
  /** Six whole numbers: what jnr-ffi's own machine code gets wrong. */
  public interface SixNumbers {
    long mmap(long address, long length, int protection, int flags, int descriptor, long offset);
  }

  /** Asks for a mapping at offset 0; garbage in the sixth place makes the kernel refuse it. */
  static final class SixNumbersChild {
    private SixNumbersChild() {}

    public static void main(String[] args) {
      LinuxCalls.load();
      SixNumbers calls = LibraryLoader.create(SixNumbers.class).load("c");
      int privateAnonymous = 0x22;
      System.out.println(calls.mmap(0, 4096, 1, privateAnonymous, -1, 0) == -1 ? "bad" : "good");
    }
  }

  @Test
  void callsWithSixNumbersWorkOnceItIsLoaded() throws Exception {
    Process child = ChildJvm.start(SixNumbersChild.class);
    assertEquals("good", child.inputReader().readLine());
    assertEquals(0, child.waitFor());
  }

  @Test
  void noCallOfItsOwnHasSixNumbers() {
    Stream<Method> suspects =
        Arrays.stream(LinuxCalls.LibC.class.getDeclaredMethods())
            .filter(method -> method.getParameterCount() == 6)
            .filter(
                method -> Arrays.stream(method.getParameterTypes()).allMatch(Class::isPrimitive));
    assertEquals(0, suspects.count());
  }

  @Test
  void answersTheErrno() {
    int badDescriptor = 9;
    assertEquals(-badDescriptor, LinuxCalls.force(-1));
    assertEquals(-badDescriptor, LinuxCalls.write(-1, 0, 0, 0));
    assertEquals(-badDescriptor, LinuxCalls.heldBytes(-1));
    assertTrue(LinuxCalls.allocate(-1, 0, 0, 1) < 0);
  }
}

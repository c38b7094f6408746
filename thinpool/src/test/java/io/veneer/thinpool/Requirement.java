// SPDX-License-Identifier: Apache-2.0
package io.veneer.thinpool;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of its machine. Where that is missing the test says so and is skipped, so that
 * the build passes on any machine; where {@value #REQUIRE_ALL} is set it fails, so that no build
 * for which everything was installed is taken for a good one when nothing was tried.
 */
public final class Requirement {
  static final String REQUIRE_ALL = "VENEER_REQUIRE_ALL";

  private static final boolean REQUIRED = System.getenv(REQUIRE_ALL) != null;

  private Requirement() {}

  /**
   * Skips the test unless this machine can do what can be installed or allowed: a program, root.
   *
   * @param can whether it can
   * @param reason why not
   */
  public static void skipUnless(boolean can, String reason) {
    skipUnless(can, reason, REQUIRED);
  }

  /**
   * Skips the test unless this machine can do what depends on its kernel or file systems, wherever
   * the build runs.
   *
   * @param can whether it can
   * @param reason why not
   */
  public static void skipUnlessOffered(boolean can, String reason) {
    skipUnless(can, reason, false);
  }

  /**
   * Skips the test on a kernel that is too old.
   *
   * @param major of the first version that will do
   * @param minor of the same
   * @param what the test is about
   */
  public static void skipBelowLinux(int major, int minor, String what) {
    String[] version = System.getProperty("os.version").split("[^0-9]+");
    int foundMajor = Integer.parseInt(version[0]);
    boolean can =
        foundMajor > major || foundMajor == major && Integer.parseInt(version[1]) >= minor;
    skipUnlessOffered(can, what + " takes Linux " + major + "." + minor);
  }

  static void skipUnless(boolean can, String reason, boolean required) {
    if (can) {
      return;
    }
    if (required) {
      Assertions.fail("must not be skipped where " + REQUIRE_ALL + " is set: " + reason);
    }
    System.out.println("skipped: " + reason);
    Assumptions.abort(reason);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.veneer.thinpool.PoolException;
import io.veneer.thinpool.PoolLockedException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every failure of a pool comes out of the socket as it went in. */
class RemoteErrorsTest {

  @Test
  void everyTypeKeepsItself() throws Exception {
    List<JavaClass> types =
        new ClassFileImporter()
            .importPackages("io.veneer.thinpool").stream()
                .filter(type -> type.isAssignableTo(PoolException.class))
                .filter(type -> !type.isEquivalentTo(PoolException.class))
                .filter(type -> !type.isEquivalentTo(PoolLockedException.class))
                .filter(type -> type.getPackageName().equals("io.veneer.thinpool"))
                .toList();
    assertTrue(types.size() >= 10, types::toString);
    for (JavaClass type : types) {
      PoolException sent =
          (PoolException) type.reflect().getConstructor(String.class).newInstance("why: name=a");
      PoolException received = received(sent);
      assertSame(sent.getClass(), received.getClass());
      assertEquals(sent.getMessage(), received.getMessage());
      assertEquals(sent.severity(), received.severity());
    }
  }

  @Test
  void theRootKeepsItsSeverity() {
    for (PoolException.Severity severity : PoolException.Severity.values()) {
      assertEquals(severity, received(new PoolException(severity, "why")).severity());
    }
  }

  @Test
  void defectsOfTheServerAreNamedAsSuch() {
    PoolException received = received(new IllegalStateException("impossible"));
    assertTrue(received.getMessage().startsWith("the server of the pool failed"));
    assertTrue(received.getMessage().contains("impossible"));
  }

  private static PoolException received(RuntimeException sent) {
    return assertThrows(PoolException.class, () -> RemoteErrors.check(RemoteErrors.answer(sent)));
  }
}

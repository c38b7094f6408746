// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.veneer.tools.check.CheckReport;
import io.veneer.tools.check.PoolCheck;
import io.veneer.tools.serve.Door;
import io.veneer.tools.serve.PoolServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests of commands on a pool, run twice: once each command opens the pool itself, once a server
 * has it and commands reach it there. They must not tell the difference. In the end the pool is
 * checked.
 */
@ParameterizedClass
@EnumSource(BothWays.Way.class)
abstract class BothWays {
  enum Way {
    OPENED,
    SERVED
  }

  @Parameter private Way way;
  private final List<PoolServer> servers = new ArrayList<>();
  private final List<Path> pools = new ArrayList<>();

  /** From here on a pool that was made is reached the one way or the other. */
  final PoolFolder reached(PoolFolder pool) {
    pools.add(pool.path());
    if (way == Way.SERVED) {
      serve(pool.path());
    }
    return pool;
  }

  private void serve(Path pool) {
    servers.add(PoolServer.start(pool, doors()));
  }

  /** The doors that the commands under test need on a server. */
  List<Door> doors() {
    return List.of();
  }

  /** Does something to a pool that takes it whole; if it is served, it is not meanwhile. */
  final void whileNobodyServes(PoolFolder pool, Runnable work) {
    servers.forEach(PoolServer::close);
    work.run();
    if (way == Way.SERVED) {
      serve(pool.path());
    }
  }

  @AfterEach
  void endServingAndCheck() {
    servers.forEach(PoolServer::close);
    for (Path pool : pools) {
      CheckReport report = PoolCheck.check(pool);
      assertEquals(List.of(), report.findings());
    }
  }
}

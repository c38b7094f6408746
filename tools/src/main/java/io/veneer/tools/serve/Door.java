// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import io.veneer.tools.control.DoorState;
import java.nio.file.Path;
import java.util.List;

/**
 * A way into a served pool: NBD, an interface for a container engine, figures for a monitor. Each
 * door is one class that carries its own options of {@code veneer serve}: fields annotated for
 * picocli, in a class that the command mixes in. To add a door, write the class and name it in the
 * command's list of doors.
 *
 * <p>A door translates and owns nothing of the pool: what it opens there it closes in {@link
 * #stop}. The methods are called in this order, by one thread, but for {@link #states}, which any
 * thread may call between {@link #start} and {@link #stop}.
 */
public interface Door {
  /**
   * Whether the options ask for this door.
   *
   * @return false if it shall stay closed; no other method is called then, but for {@link #check}
   */
  boolean isAsked();

  /**
   * Refuses options that do not go together. Called before the pool is opened, for every door.
   *
   * @throws picocli.CommandLine.ParameterException with what is wrong and what to say instead
   */
  void check();

  /**
   * Tells which unix sockets the options ask for.
   *
   * @return their paths as they were given
   */
  default List<Path> sockets() {
    return List.of();
  }

  /**
   * Opens the door. Clients can come in when this returns. What it throws ends the server; what it
   * had begun it has undone then.
   *
   * @param served the pool, open until after {@link #stop}
   * @throws io.veneer.thinpool.PoolException if it cannot be opened, with what to do about it
   */
  void start(ServedPool served);

  /** Called when all doors are open, so that nothing can end the server but who is to end it. */
  default void allOpen() {}

  /**
   * Tells where clients come in, and how many are there.
   *
   * @return one state for each address, in an order that does not change
   */
  List<DoorState> states();

  /**
   * Closes the door: takes nobody in any more, ends what was begun, removes sockets. What clients
   * were told is done is in the pool when this returns. Takes seconds at the most, however slow
   * clients are. Idempotent.
   */
  void stop();
}

// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import io.veneer.driver.attach.Attachment;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.keep.Keeper;
import io.veneer.driver.meter.Meters;
import io.veneer.tools.control.DoorState;
import io.veneer.tools.control.LiveAttachments;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Block devices of the kernel, made and taken back by {@code veneer attach} and {@code veneer
 * detach}. It is there on every server, and costs nothing until it is used. Starting it goes on
 * with what the server before it kept attached, and cleans up what another one left that was
 * killed.
 */
public final class AttachDoor implements Door {
  private static final String NAME = "attach";

  @Option(
      names = "--keep-attached",
      paramLabel = "SECONDS",
      description = {
        "Keep attached devices that are in use when the server ends, is",
        "upgraded or is killed: whoever uses them waits for the next",
        "'veneer serve' on the pool, for at most so long. Takes Linux 6.9."
      })
  private Long keepSeconds;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private final Meters meters;
  private Attachments attachments;

  /**
   * A door whose options are not set yet.
   *
   * @param meters are told of each request of the kernel
   */
  public AttachDoor(Meters meters) {
    this.meters = meters;
  }

  @Override
  public boolean isAsked() {
    return true;
  }

  @Override
  public void check() {
    if (keepSeconds != null && (keepSeconds < 1 || keepSeconds > Keeper.PATIENCE_MAX.toSeconds())) {
      throw new ParameterException(
          command.commandLine(),
          "--keep-attached takes 1 to " + Keeper.PATIENCE_MAX.toSeconds() + " seconds");
    }
  }

  @Override
  public void start(ServedPool served) {
    Optional<Duration> patience = Optional.ofNullable(keepSeconds).map(Duration::ofSeconds);
    attachments =
        Attachments.open(served.pool(), served.folder(), meters.ofDevices(NAME), patience);
    LiveAttachments.addTo(served.requests(), attachments);
  }

  @Override
  public void allOpen() {
    attachments.settle();
  }

  /** The attachments, for doors that are started later. */
  Attachments attachments() {
    return attachments;
  }

  @Override
  public List<DoorState> states() {
    return attachments.list().stream().map(AttachDoor::state).toList();
  }

  private static DoorState state(Attachment attachment) {
    return new DoorState(NAME, attachment.path().toString(), 1);
  }

  @Override
  public void stop() {
    if (attachments != null) {
      attachments.close();
    }
  }
}

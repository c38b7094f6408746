// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.serve;

import io.veneer.driver.attach.Attachment;
import io.veneer.driver.attach.Attachments;
import io.veneer.driver.meter.Meters;
import io.veneer.tools.control.DoorState;
import io.veneer.tools.control.LiveAttachments;
import java.util.List;

/**
 * Block devices of the kernel, made and taken back by {@code veneer attach} and {@code veneer
 * detach}. Takes no options: it is there on every server, and costs nothing until it is used.
 * Starting it cleans up what a server that was killed left attached.
 */
public final class AttachDoor implements Door {
  private static final String NAME = "attach";

  private final Meters meters;
  private Attachments attachments;

  /**
   * A door without options.
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
  public void check() {}

  @Override
  public void start(ServedPool served) {
    attachments = Attachments.open(served.pool(), served.folder(), meters.ofDevices(NAME));
    LiveAttachments.addTo(served.requests(), attachments);
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

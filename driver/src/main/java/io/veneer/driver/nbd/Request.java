// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.nio.ByteBuffer;

/**
 * One request of a client. Used over and over, so that requests leave no garbage: the reader has
 * one for what it does itself, those handed to workers come from a {@link RequestPool} with a
 * buffer that holds first the payload, then the reply. Owned by one thread at a time.
 */
final class Request implements Runnable {
  /** Does what a request asks for, and releases it. */
  interface Performer {
    void perform(Request request);
  }

  /** Where this goes back to, or null. */
  private final RequestPool pool;

  /** Payload, then reply; null for the reader's own. */
  final ByteBuffer buffer;

  /** Counts this request while a worker has it. */
  private InFlightCount inFlight;

  private Performer performer;

  int flags;

  /** What is to be done; becomes another when a part is. */
  int type;

  /** What the client asked for. */
  int asked;

  /** What it failed with, or 0. */
  int error;

  /** When it began to be done, as the clock of nanoseconds says; 0 while it did not. */
  long beganNanos;

  long cookie;
  long offset;

  /** Unsigned 32 bits on the wire. */
  long length;

  Request(RequestPool pool, ByteBuffer buffer) {
    this.pool = pool;
    this.buffer = buffer;
  }

  /** Takes the fields off the wire; false if they do not begin with the magic number. */
  boolean parse(ByteBuffer in) {
    boolean magic = in.getInt() == NbdProtocol.REQUEST_MAGIC;
    flags = Short.toUnsignedInt(in.getShort());
    type = Short.toUnsignedInt(in.getShort());
    asked = type;
    error = NbdProtocol.NBD_SUCCESS;
    beganNanos = 0;
    cookie = in.getLong();
    offset = in.getLong();
    length = Integer.toUnsignedLong(in.getInt());
    return magic;
  }

  /** Takes over another's fields, to be done by whom it may be; counted until it is released. */
  void takeOver(Request other, InFlightCount count, Performer by) {
    inFlight = count;
    performer = by;
    count.begin();
    flags = other.flags;
    type = other.type;
    asked = other.asked;
    error = other.error;
    beganNanos = other.beganNanos;
    cookie = other.cookie;
    offset = other.offset;
    length = other.length;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  boolean fua() {
    return has(NbdProtocol.NBD_CMD_FLAG_FUA);
  }

  boolean isWrite() {
    return type == NbdProtocol.NBD_CMD_WRITE;
  }

  /** Whether it brings content, which may need room that is not there. */
  boolean needsRoom() {
    return isWrite() || type == NbdProtocol.NBD_CMD_WRITE_ZEROES;
  }

  /** Whether the export may be another one afterwards. */
  boolean mayChange() {
    return needsRoom() || type == NbdProtocol.NBD_CMD_TRIM;
  }

  /** What a worker does with it. */
  @Override
  public void run() {
    performer.perform(this);
  }

  /** Ends the use of a request that was taken over. */
  void release() {
    InFlightCount count = inFlight;
    inFlight = null;
    performer = null;
    pool.give(this);
    count.end();
  }
}

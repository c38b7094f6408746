// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import java.nio.ByteBuffer;
import java.util.List;

/** The metadata contexts that a client chose; a context's id is its place in the list plus one. */
final class MetaContexts {
  static final MetaContexts NONE = new MetaContexts(List.of());

  /** So many that each has room for a fair number of descriptors. */
  static final int CONTEXTS_MAX = 16;

  private static final int REPLY_BYTES_MAX = 48 << 10;

  private final List<MetaContext> chosen;

  MetaContexts(List<MetaContext> chosen) {
    this.chosen = chosen;
  }

  boolean isEmpty() {
    return chosen.isEmpty();
  }

  /** Notes that the client has changed the export, and will be told so after this. */
  void changed() {
    for (int i = 0; i < chosen.size(); i++) {
      chosen.get(i).changed();
    }
  }

  /** Lets go of what the contexts hold; nobody asks any more. */
  void close() {
    chosen.forEach(MetaContext::close);
  }

  /** The most room that an answer takes. */
  static int replyBytesMax() {
    return REPLY_BYTES_MAX + Replies.SHORT_REPLY_BYTES;
  }

  /** Puts the whole reply to a block status request: one chunk a context. */
  void describe(Request request, ByteBuffer out) {
    for (int i = 0; i < chosen.size(); i++) {
      int flags = i == chosen.size() - 1 ? NbdProtocol.NBD_REPLY_FLAG_DONE : 0;
      describe(i, request, flags, out);
    }
  }

  private void describe(int index, Request request, int flags, ByteBuffer out) {
    int start = out.position();
    int payload = start + NbdProtocol.CHUNK_HEADER_BYTES;
    out.position(payload);
    out.putInt(index + 1);
    Descriptors descriptors = new Descriptors(out, descriptorsMax(request));
    chosen.get(index).describe(request.offset, request.length, descriptors);
    descriptors.finish();
    int end = out.position();
    out.position(start);
    int type = NbdProtocol.NBD_REPLY_TYPE_BLOCK_STATUS;
    Replies.chunk(out, request.cookie, flags, type, end - payload);
    out.position(end);
  }

  private int descriptorsMax(Request request) {
    if (request.has(NbdProtocol.NBD_CMD_FLAG_REQ_ONE)) {
      return 1;
    }
    int headers = NbdProtocol.CHUNK_HEADER_BYTES + Integer.BYTES;
    return (REPLY_BYTES_MAX / chosen.size() - headers) / Descriptors.DESCRIPTOR_BYTES;
  }
}

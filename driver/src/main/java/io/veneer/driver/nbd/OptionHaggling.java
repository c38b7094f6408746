// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.nbd;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The phase in which a client looks round and chooses an export: fixed newstyle. Every option gets
 * an answer, if only that it is not known; what cannot be answered ends the connection. One thread.
 */
final class OptionHaggling {
  /** What an option is read up to; longer ones are passed over, or end the connection. */
  private static final int OPTION_BYTES_MAX = 48 << 10;

  private static final int OPTION_BYTES_SKIPPED_MAX = 16 << 20;

  private final Wire wire;
  private final ServerParts parts;
  private final TlsUpgrade tls;
  private final OptionReplies replies;
  private boolean fixedNewstyle;
  private boolean noZeroes;
  private boolean structured;
  private MetaContextChoice contexts;
  private NbdExport chosen;
  private boolean aborted;

  OptionHaggling(Wire wire, ServerParts parts, TlsUpgrade tls) {
    this.wire = wire;
    this.parts = parts;
    this.tls = tls;
    this.replies = new OptionReplies(wire);
  }

  /** Haggles to the end; the export, to be closed by the caller, or null if the client left. */
  NbdExport run() throws IOException {
    try {
      greet();
      while (chosen == null && !aborted && wire.in().fill(NbdProtocol.OPTION_HEADER_BYTES)) {
        option();
      }
      return chosen;
    } catch (IOException | RuntimeException e) {
      if (chosen != null) {
        chosen.close();
      }
      throw e;
    }
  }

  boolean structured() {
    return structured;
  }

  private void greet() throws IOException {
    int flags = NbdProtocol.NBD_FLAG_FIXED_NEWSTYLE | NbdProtocol.NBD_FLAG_NO_ZEROES;
    wire.out().putLong(NbdProtocol.NBDMAGIC).putLong(NbdProtocol.IHAVEOPT).putShort((short) flags);
    wire.send();
    if (!wire.in().fill(NbdProtocol.CLIENT_FLAGS_BYTES)) {
      aborted = true;
      return;
    }
    int clientFlags = wire.in().bytes().getInt();
    int known = NbdProtocol.NBD_FLAG_C_FIXED_NEWSTYLE | NbdProtocol.NBD_FLAG_C_NO_ZEROES;
    if ((clientFlags & ~known) != 0) {
      throw new ProtocolViolation("client flags are not known: " + clientFlags);
    }
    fixedNewstyle = (clientFlags & NbdProtocol.NBD_FLAG_C_FIXED_NEWSTYLE) != 0;
    noZeroes = (clientFlags & NbdProtocol.NBD_FLAG_C_NO_ZEROES) != 0;
  }

  private void option() throws IOException {
    ByteBuffer in = wire.in().bytes();
    if (in.getLong() != NbdProtocol.IHAVEOPT) {
      throw new ProtocolViolation("option does not begin with the magic number");
    }
    requireWayToTls();
    int option = in.getInt();
    long length = Integer.toUnsignedLong(in.getInt());
    replies.to(option);
    if (option == NbdProtocol.NBD_OPT_SET_META_CONTEXT) {
      contexts = null; // whatever comes of it, the choice before does not count any more
    }
    OptionData data = length > OPTION_BYTES_MAX ? passOver(option, length) : read((int) length);
    try {
      answer(option, data);
    } catch (OptionData.Malformed e) {
      refuse(option, e.replyType(), e.getMessage());
    } catch (PoolException e) {
      refuse(option, replyType(e), NbdError.text(e));
    }
  }

  /** TLS is for fixed newstyle only; a client without it may not even be told that it needs TLS. */
  private void requireWayToTls() throws IOException {
    if (tls.isPossible() && !fixedNewstyle) {
      throw new ProtocolViolation("client cannot start TLS: it has no fixed newstyle");
    }
  }

  private static int replyType(PoolException refused) {
    return refused.severity() == PoolException.Severity.REQUEST
        ? NbdProtocol.NBD_REP_ERR_UNKNOWN
        : NbdProtocol.NBD_REP_ERR_POLICY;
  }

  private OptionData read(int length) throws IOException {
    wire.in().require(length);
    ByteBuffer in = wire.in().bytes();
    ByteBuffer bytes = in.slice(in.position(), length);
    in.position(in.position() + length);
    return new OptionData(bytes);
  }

  /** Forgets what is too long; the option itself decides over the answer before its length does. */
  private OptionData passOver(int option, long length) throws IOException {
    if (length > OPTION_BYTES_SKIPPED_MAX || option == NbdProtocol.NBD_OPT_EXPORT_NAME) {
      throw new ProtocolViolation("option is too long: lengthBytes=" + length);
    }
    wire.in().skip(length);
    return OptionData.tooLong();
  }

  /** An export that is chosen in the old way cannot be refused with words. */
  private void refuse(int option, int type, String text) throws IOException {
    if (option == NbdProtocol.NBD_OPT_EXPORT_NAME) {
      throw new ProtocolViolation("export cannot be had: " + text);
    }
    replies.error(type, text);
  }

  private void answer(int option, OptionData data) throws IOException, OptionData.Malformed {
    boolean always = option == NbdProtocol.NBD_OPT_ABORT || option == NbdProtocol.NBD_OPT_STARTTLS;
    if (!always && tls.isMissing()) {
      refuse(option, NbdProtocol.NBD_REP_ERR_TLS_REQD, "start TLS first");
    } else if (!always && parts.stopping().getAsBoolean()) {
      refuse(option, NbdProtocol.NBD_REP_ERR_SHUTDOWN, "the server is going down");
    } else {
      answerAllowed(option, data);
    }
  }

  private void answerAllowed(int option, OptionData data) throws IOException, OptionData.Malformed {
    switch (option) {
      case NbdProtocol.NBD_OPT_EXPORT_NAME -> exportName(data);
      case NbdProtocol.NBD_OPT_ABORT -> abort();
      case NbdProtocol.NBD_OPT_LIST -> list(data);
      case NbdProtocol.NBD_OPT_STARTTLS -> startTls(data);
      case NbdProtocol.NBD_OPT_INFO -> info(data, false);
      case NbdProtocol.NBD_OPT_GO -> info(data, true);
      case NbdProtocol.NBD_OPT_STRUCTURED_REPLY -> structuredReply(data);
      case NbdProtocol.NBD_OPT_LIST_META_CONTEXT -> metaContexts(data, false);
      case NbdProtocol.NBD_OPT_SET_META_CONTEXT -> metaContexts(data, true);
      default -> unknown(option);
    }
  }

  private void unknown(int option) throws IOException {
    String text = "option is not known: " + Integer.toUnsignedString(option);
    replies.error(NbdProtocol.NBD_REP_ERR_UNSUP, text);
  }

  private void abort() throws IOException {
    aborted = true;
    replies.ack();
  }

  private void list(OptionData data) throws IOException, OptionData.Malformed {
    data.end();
    for (String name : parts.source().names()) {
      replies.server(name);
    }
    replies.ack();
  }

  /** What was haggled over in clear does not count any more. */
  private void startTls(OptionData data) throws IOException, OptionData.Malformed {
    data.end();
    if (!tls.isPossible()) {
      replies.error(NbdProtocol.NBD_REP_ERR_POLICY, "there is no TLS here");
    } else if (!tls.isMissing()) {
      replies.error(NbdProtocol.NBD_REP_ERR_INVALID, "TLS was started before");
    } else {
      replies.ack();
      tls.upgrade(wire);
      structured = false;
      contexts = null;
    }
  }

  private void structuredReply(OptionData data) throws IOException, OptionData.Malformed {
    data.end();
    structured = true;
    replies.ack();
  }

  private void exportName(OptionData data) throws IOException, OptionData.Malformed {
    NbdExport export = open(data.rest());
    ByteBuffer out = wire.out();
    out.putLong(export.sizeBytes()).putShort((short) export.transmissionFlags(structured));
    if (!noZeroes) {
      out.put(new byte[NbdProtocol.EXPORT_NAME_ZEROES_BYTES]);
    }
    choose(export);
    wire.send();
  }

  private void info(OptionData data, boolean go) throws IOException, OptionData.Malformed {
    String name = data.string();
    Set<Integer> wanted = new HashSet<>();
    for (int left = data.u16(); left > 0; left--) {
      wanted.add(data.u16());
    }
    data.end();
    NbdExport export = open(name);
    try {
      inform(export, parts.source().description(export.name()), wanted);
      if (go) {
        choose(export);
      }
    } finally {
      if (chosen == null) {
        export.close();
      }
    }
    replies.ack();
  }

  private void inform(NbdExport export, String description, Set<Integer> wanted)
      throws IOException {
    replies.infoExport(export, structured);
    if (wanted.contains(NbdProtocol.NBD_INFO_NAME)) {
      replies.infoText(NbdProtocol.NBD_INFO_NAME, export.name());
    }
    if (wanted.contains(NbdProtocol.NBD_INFO_DESCRIPTION) && !description.isEmpty()) {
      replies.infoText(NbdProtocol.NBD_INFO_DESCRIPTION, description);
    }
    replies.infoBlockSize(export); // whether asked for or not: clients do better with it
  }

  private void choose(NbdExport export) {
    chosen = export;
    if (contexts != null && contexts.exportName().equals(export.name())) {
      export.use(contexts.open(export.device()));
    }
  }

  private NbdExport open(String asked) {
    String name = resolve(asked);
    return new NbdExport(name, parts.source().open(name, parts.options().readOnly()));
  }

  private String resolve(String asked) {
    if (!asked.isEmpty()) {
      return asked;
    }
    Optional<String> name = parts.source().defaultName();
    return name.orElseThrow(
        () -> PoolException.badRequest("there is no default export; name one of the list"));
  }

  private void metaContexts(OptionData data, boolean set) throws IOException, OptionData.Malformed {
    String asked = data.string();
    if (!structured) {
      throw new OptionData.Malformed("metadata contexts need structured replies");
    }
    String name = resolve(asked);
    requireExport(name);
    MetaContextChoice choice = new MetaContextChoice(parts.source(), name);
    readQueries(data, choice, set);
    if (set && choice.isTooMany()) {
      String text = "too many metadata contexts: contextsMax=" + MetaContexts.CONTEXTS_MAX;
      replies.error(NbdProtocol.NBD_REP_ERR_TOO_BIG, text);
      return;
    }
    int id = 0;
    for (String context : choice.names()) {
      replies.metaContext(set ? ++id : 0, context);
    }
    if (set) {
      contexts = choice;
    }
    replies.ack();
  }

  private void requireExport(String name) {
    parts.source().open(name, true).close();
  }

  private static void readQueries(OptionData data, MetaContextChoice choice, boolean set)
      throws OptionData.Malformed {
    int queries = data.u32();
    if (queries == 0 && !set) {
      choice.addAll();
    }
    for (int left = queries; left > 0; left--) {
      String query = data.string();
      if (set) {
        choice.addNamed(query);
      } else {
        choice.addMatching(query);
      }
    }
    data.end();
  }
}

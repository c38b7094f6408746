// SPDX-License-Identifier: Apache-2.0
package io.veneer.driver.keep;

import io.veneer.driver.keep.FileMessages.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The keeper's side: holds files for whoever serves the pool, and lets go of them when nobody has
 * for too long, so that those who wait for the devices are told of it. A server is gone when its
 * process is, or when it says so; not when its connection is.
 *
 * <p>The messages, each answered by {@code ok} but for the first:
 *
 * <pre>
 * take PID [SECONDS]    I serve the pool now: answered by the log and a message for each
 *                       attachment, all with their files, by "left PID START" if the server before left
 *                       and its process is still there, then ok; the patience from now on
 * keep RECORD...        keep these two files
 * drop RECORD           forget them
 * log                   this file is the log now
 * look                  nothing
 * leave                 I do not serve the pool any more, the next may
 * end                   forget all, and end
 * </pre>
 *
 * <p>A thread for each client, and one that looks after the server.
 */
final class Keeping {
  static final String TAKE = "take ";
  static final String KEEP = "keep ";
  static final String DROP = "drop ";
  static final String LOOK = "look";
  static final String LEAVE = "leave";
  static final String END = "end";
  static final String OK = "ok";
  static final String LOG = "log";
  static final String LEFT = "left ";

  /** The kernel closes files of a killed process from the highest number down: see the keeper. */
  private static final int LAST_DESCRIPTORS = 512;

  /** Who keeps nothing waits for nobody but the server that starts it. */
  private static final long EMPTY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final Path PROCESSES = Path.of("/proc");

  private final Path socketPath;
  private long patienceNanos;
  private int log;
  private final Map<Path, KeptFiles> kept = new LinkedHashMap<>();

  /** The server's, though it may be closed; null before the first and after a server has gone. */
  private FileMessages connection;

  /**
   * Its process: this one, and not another that has its number later. Empty where the process
   * cannot be seen from here, as between containers; then the connection tells.
   */
  private Optional<ProcessHandle> server = Optional.empty();

  /** The last one that left. Until it has ended, its threads may still take requests. */
  private Optional<ProcessHandle> left = Optional.empty();

  private long aloneSinceNanos = System.nanoTime();

  Keeping(Path socketPath, long patienceSeconds, int log) {
    this.socketPath = socketPath;
    this.patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
    this.log = log;
  }

  /** Serves clients until it ends the process. */
  void run(FileMessages listener) throws IOException {
    ScheduledExecutorService lookout = Executors.newSingleThreadScheduledExecutor();
    lookout.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    while (true) {
      FileMessages client = listener.accept();
      new Thread(() -> serve(client)).start();
    }
  }

  private void serve(FileMessages client) {
    try (client) {
      for (Message message = client.receive(); message != null; message = client.receive()) {
        if (message.text().startsWith(TAKE)) {
          String[] words = message.text().substring(TAKE.length()).split(" ");
          give(client, words.length > 1 ? Long.parseLong(words[1]) : 0);
        } else {
          change(message);
        }
        answer(client);
        if (message.text().equals(END)) {
          end(KeptFiles::close);
        }
        if (message.text().equals(LEAVE)) {
          leave(client);
        }
      }
    } catch (IOException e) {
      // As if it had ended: it cannot be told anything any more.
    } finally {
      lose(client);
    }
  }

  /** Who has gone without waiting for the answer may have asked for more before. */
  private static void answer(FileMessages client) {
    try {
      client.send(OK);
    } catch (IOException e) {
      // The next message is there, or says that there is none.
    }
  }

  private synchronized void give(FileMessages client, long patienceSeconds) throws IOException {
    connection = client;
    server = ProcessHandle.of(client.peer());
    if (patienceSeconds > 0) {
      patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
    }
    client.send(LOG, log);
    for (KeptFiles each : kept.values()) {
      client.send(KEEP + each.device().encoded(), each.loop(), each.connection());
    }
    if (left.isPresent() && left.get().pid() != client.peer() && !isGone(left.get())) {
      client.send(LEFT + left.get().pid() + " " + startMillis(left.get()));
    }
  }

  private synchronized void change(Message message) {
    String text = message.text();
    if (text.startsWith(KEEP)) {
      KeptDevice device = KeptDevice.decoded(text.substring(KEEP.length()));
      int connection = moved(message.descriptors()[1]);
      KeptFiles files = new KeptFiles(device, connection, message.descriptors()[0]);
      letGo(kept.put(device.record(), files));
    } else if (text.startsWith(DROP)) {
      letGo(kept.remove(Path.of(text.substring(DROP.length()))));
    } else if (text.equals(LOG)) {
      KeepCalls.close(log);
      log = message.descriptors()[0];
    }
  }

  private static void letGo(KeptFiles files) {
    if (files != null) {
      files.close();
    }
  }

  /** With a number among the highest, where this process may have that many. */
  private static int moved(int connection) {
    int moved = KeepCalls.duplicate(connection, LAST_DESCRIPTORS);
    if (moved < 0) {
      return connection;
    }
    KeepCalls.close(connection);
    return moved;
  }

  private synchronized void leave(FileMessages client) {
    if (client == connection) {
      left = server;
      beAlone();
    }
  }

  /** A server that lost its connection only comes again, and serves on meanwhile. */
  private synchronized void lose(FileMessages client) {
    if (client == connection && (server.isEmpty() || isGone(server.get()))) {
      beAlone();
    }
  }

  private void beAlone() {
    connection = null;
    server = Optional.empty();
    aloneSinceNanos = System.nanoTime();
    if (kept.isEmpty()) {
      end(KeptFiles::close);
    }
  }

  /** A killed server that cannot end keeps its socket open, so it is looked at, too. */
  private synchronized void look() {
    if (connection != null && server.filter(Keeping::isGone).isPresent()) {
      beAlone();
    }
    long aloneNanos = System.nanoTime() - aloneSinceNanos;
    if (connection == null && aloneNanos > (kept.isEmpty() ? EMPTY_NANOS : patienceNanos)) {
      end(KeptFiles::abort);
    }
  }

  /** With its number this tells a process from others, also where other numbers are seen. */
  static long startMillis(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  static boolean isGone(ProcessHandle process) {
    return !process.isAlive() || !isRunning(process);
  }

  /** What was killed is alive until somebody asks for its end. */
  private static boolean isRunning(ProcessHandle process) {
    try {
      Path stat = PROCESSES.resolve(Long.toString(process.pid())).resolve("stat");
      String status = Files.readString(stat, StandardCharsets.ISO_8859_1);
      return !status.contains(") Z ") && !status.contains(") X ");
    } catch (IOException e) {
      return false;
    }
  }

  private synchronized void end(Consumer<KeptFiles> letGo) {
    try {
      Files.deleteIfExists(socketPath);
    } catch (IOException e) {
      // The next one that listens there deletes it.
    }
    try {
      kept.values().forEach(letGo);
    } finally {
      // Whatever happens: the program may have been replaced, and its classes not be found any
      // more.
      Runtime.getRuntime().halt(0);
    }
  }
}

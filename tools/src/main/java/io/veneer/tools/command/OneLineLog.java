// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import java.util.List;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Sets up logging: one line for each record on standard error, warnings and worse unless the user
 * wants more. The logging of the JDK makes an instance of this class when the first logger is asked
 * for, so a command that never logs does not pay for it; that is also why it is public.
 */
public final class OneLineLog {
  private static final String CONFIGURATION = "java.util.logging.config.class";
  private static final String MANAGER = "java.util.logging.manager";
  private static final String LEVEL = "veneer.log.level";
  private static final String ENGINE_LEVEL = "veneer.log.engine";

  /** Sets the handler and the levels. Called by the JDK only. */
  public OneLineLog() {
    Level level = Level.parse(System.getProperty(LEVEL, Level.WARNING.getName()));
    ConsoleHandler handler = new ConsoleHandler();
    handler.setLevel(level);
    handler.setFormatter(new OneLine());
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    root.setLevel(Level.WARNING);
    Logger.getLogger("io.veneer").setLevel(level);
    Talkative.NETTY.setLevel(Level.SEVERE);
    Talkative.ENGINE.setLevel(Level.parse(System.getProperty(ENGINE_LEVEL, level.getName())));
  }

  /** Tells the JDK to use this class. A configuration that the user has given wins. */
  static void install(String... arguments) {
    if (System.getProperty(CONFIGURATION) == null
        && System.getProperty("java.util.logging.config.file") == null) {
      System.setProperty(CONFIGURATION, OneLineLog.class.getName());
      System.setProperty(MANAGER, ToTheEnd.class.getName());
    }
    if (List.of(arguments).contains("--verbose")) {
      System.setProperty(LEVEL, Level.FINE.getName());
    } else if (!List.of(arguments).contains("serve")) {
      // What ends a pool ends the command, too, which says so in its one line.
      System.setProperty(ENGINE_LEVEL, Level.OFF.getName());
    }
  }

  /**
   * Loggers of others that say what is of no use. Held here, because the JDK forgets the level of a
   * logger that nobody holds; and not above, because asking for a logger sets up logging.
   */
  private static final class Talkative {
    /** Warns of an option that gRPC sets and unix sockets do not have, once for each server. */
    static final Logger NETTY = Logger.getLogger("io.netty.bootstrap");

    static final Logger ENGINE = Logger.getLogger("io.veneer.thinpool");
  }

  /**
   * Logs until the process has ended: the JDK's own stops when it begins to, and so loses what a
   * server has to say while it closes. Public because the JDK makes it.
   */
  public static final class ToTheEnd extends LogManager {
    @Override
    public void reset() {
      // Asked for at the end only, as there is no other configuration to begin with.
    }
  }

  /** Level, logger's last name, message, and the first line of what was thrown. */
  static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord line) {
      String name = String.valueOf(line.getLoggerName());
      String shortName = name.substring(name.lastIndexOf('.') + 1);
      String level = line.getLevel().getName().toLowerCase(Locale.ROOT);
      String thrown = line.getThrown() == null ? "" : ": " + line.getThrown();
      String text = "veneer: " + level + ": " + shortName + ": " + formatMessage(line) + thrown;
      return text.replace('\n', ' ') + "\n";
    }
  }
}

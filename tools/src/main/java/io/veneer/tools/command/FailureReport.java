// SPDX-License-Identifier: Apache-2.0
package io.veneer.tools.command;

import io.veneer.thinpool.PoolException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The one place where failures become a line on standard error and an exit code. A stack trace is
 * printed only when it was asked for.
 */
final class FailureReport implements IParameterExceptionHandler, IExecutionExceptionHandler {
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  /** What picocli says of a value that is no constant. */
  private static final Pattern CONSTANTS =
      Pattern.compile("expected one of \\[(.*)] \\(case-\\w+\\) but was '(.*)'");

  private final Console console;

  FailureReport(Console console) {
    this.console = console;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    String help = "; see '" + command.getCommandSpec().qualifiedName() + " --help'";
    print(usageMessage(failure) + suggestions(failure) + help, failure);
    return isNoSize(failure) ? FAILED : WRONG_USAGE;
  }

  /** A size that is none is wrong input in a right command, as is one that is out of range. */
  private static boolean isNoSize(ParameterException failure) {
    return failure.getArgSpec() != null
        && failure.getValue() != null
        && Arrays.stream(failure.getArgSpec().converters())
            .anyMatch(ByteSize.Converter.class::isInstance);
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    return failed(failure);
  }

  /** Reports what a command threw, and gives the exit code. */
  int failed(Throwable failure) {
    boolean readerIsGone =
        failure instanceof StandardOutputException output && output.readerIsGone();
    if (!readerIsGone && !ProcessEnd.begun()) {
      print(message(failure), failure);
    }
    return FAILED;
  }

  /** Reports a failure also when the process is ending, because ending is what failed. */
  void report(CommandFailure failure) {
    print(failure.getMessage(), failure);
  }

  private void print(String message, Throwable failure) {
    console.err().println("veneer: " + oneLine(message));
    if (console.options().stacktrace()) {
      failure.printStackTrace(console.err());
    }
    console.err().flush();
  }

  private static String message(Throwable failure) {
    if (failure instanceof CommandFailure
        || failure instanceof PoolException
        || failure instanceof StandardOutputException) {
      return failure.getMessage();
    } else if (failure instanceof FileSystemException file) {
      return fileMessage(file);
    } else if (failure instanceof IOException) {
      return "input or output failed: " + failure.getMessage();
    }
    return "internal error: "
        + failure
        + "; run the command again with --stacktrace and report what it prints";
  }

  private static String fileMessage(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "there is no file " + failure.getFile();
    } else if (failure instanceof AccessDeniedException) {
      return "not allowed to open " + failure.getFile();
    } else if (failure instanceof FileAlreadyExistsException) {
      return "there is already a file " + failure.getFile();
    }
    return failure.getMessage();
  }

  private static String usageMessage(ParameterException failure) {
    if (isEmptyValue(failure)) {
      return name(failure.getArgSpec()) + " must not be empty";
    }
    boolean surplus =
        failure instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption();
    if (!surplus) {
      // The library doubles the word for options that take pairs.
      String message = choices(numbers(failure.getMessage())).replace("option option", "option");
      return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }
    String first = ((UnmatchedArgumentException) failure).getUnmatched().get(0);
    boolean isGroup = !failure.getCommandLine().getSubcommands().isEmpty();
    return (isGroup ? "there is no command '" : "one argument too many: '") + first + "'";
  }

  /** Such a value comes from a shell variable that is not set. */
  private static boolean isEmptyValue(ParameterException failure) {
    ArgSpec argument = failure.getArgSpec();
    return argument != null && "".equals(failure.getValue()) && !isNoSize(failure);
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  /** Constants are offered as the help text has them. */
  private static String choices(String message) {
    Matcher matcher = CONSTANTS.matcher(message);
    return matcher.find()
        ? matcher.replaceFirst(
            Matcher.quoteReplacement(
                "'"
                    + matcher.group(2)
                    + "' is none of "
                    + matcher.group(1).toLowerCase(Locale.ROOT)))
        : message;
  }

  private static String numbers(String message) {
    return message
        .replaceFirst("('-\\d+)' is not an? (int|long)$", "$1' is too small a number")
        .replaceFirst("('\\+?\\d+)' is not an? (int|long)$", "$1' is too large a number")
        .replaceFirst("' is not an? (int|long)$", "' is not a whole number")
        .replaceFirst("' is not a double$", "' is not a number");
  }

  private static String suggestions(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      return "";
    }
    String typed = unmatched.getUnmatched().get(0);
    List<String> names =
        unmatched.getSuggestions().stream()
            .filter(name -> TypingError.isNear(typed, name))
            .toList();
    return names.isEmpty() ? "" : "; did you mean " + String.join(" or ", names) + "?";
  }

  /** Messages of libraries may have line breaks; scripts count on one line for one failure. */
  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}

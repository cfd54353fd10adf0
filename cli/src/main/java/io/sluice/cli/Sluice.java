package io.sluice.cli;

import io.sluice.cli.cluster.ClusterCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * The {@code sluice} command. Exit codes: 0 success, 1 the command failed and said why on standard
 * error, 2 it was called with the wrong words.
 */
@Command(
    name = "sluice",
    description = "Unified streaming storage for Apache Flink on object storage.",
    mixinStandardHelpOptions = true,
    versionProvider = Sluice.Version.class,
    subcommands = {
      StandaloneCommand.class,
      ClusterCommand.class,
      GatewayCommand.class,
      BookieCommand.class,
      CompactorCommand.class,
      AutoRecoveryCommand.class,
      ZooKeeperCommand.class,
      DemoCommand.class,
      TableCommand.class,
      CatalogCommand.class,
      IngestCommand.class,
      TailCommand.class,
      StatusCommand.class,
      TokenCommand.class,
      SqlCommand.class
    },
    footer = {"", "Start with `sluice demo`, or with `sluice standalone` in one terminal."})
public final class Sluice implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    // By name: BookKeeper's jar has a log4j2.xml too, and either may come first.
    if (System.getProperty("log4j2.configurationFile") == null) {
      System.setProperty("log4j2.configurationFile", "classpath:log4j2-command.xml");
    }
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Sluice())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Sluice::explain);
  }

  /** A bare {@code sluice} shows what there is. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Says in one line what went wrong; the stack trace is shown only when asked for. */
  private static int explain(Exception e, CommandLine line, CommandLine.ParseResult parsed) {
    PrintWriter err = line.getErr();
    err.println(line.getColorScheme().errorText("sluice: " + message(e)));
    if (System.getenv("SLUICE_STACKTRACE") != null) {
      e.printStackTrace(err);
    } else if (!(e instanceof CommandException)) {
      err.println("        (set SLUICE_STACKTRACE=1 to see where)");
    }
    err.flush();
    return 1;
  }

  private static String message(Throwable e) {
    Throwable cause = e;
    while ((cause.getMessage() == null || cause instanceof java.util.concurrent.CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Sluice.class.getPackage().getImplementationVersion();
      return new String[] {"sluice " + (version == null ? "(not packaged)" : version)};
    }
  }
}

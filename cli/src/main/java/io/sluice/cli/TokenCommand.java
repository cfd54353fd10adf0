package io.sluice.cli;

import io.sluice.catalog.table.Quantities;
import io.sluice.gateway.auth.Grants;
import io.sluice.gateway.auth.Secrets;
import io.sluice.gateway.auth.Token;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice token}: the tokens that gateways know. */
@Command(
    name = "token",
    description = "Makes tokens, by which a gateway knows who calls.",
    mixinStandardHelpOptions = true,
    subcommands = TokenCommand.Create.class)
final class TokenCommand implements Runnable {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code sluice token create}. */
  @Command(
      name = "create",
      description = {
        "Draws a secret, prints it this once, and prints the line for the gateways' tokens file",
        "(gateway.auth.tokens), which has its hash alone. Example:",
        "  sluice token create --name loader --scope demo:read,write --file tokens"
      },
      mixinStandardHelpOptions = true)
  static final class Create implements Callable<Integer> {

    @Option(names = "--name", required = true, description = "Whose token it is.")
    private String name = "";

    @Option(
        names = "--scope",
        required = true,
        paramLabel = "DATABASE:SCOPES",
        description = {
          "What it may: a database, or * for all, and read, write or admin, for example",
          "demo:read,write. Once for each database."
        })
    private List<String> scopes = new ArrayList<>();

    @Option(
        names = "--expires-in",
        paramLabel = "DURATION",
        description = "How long it is good for, for example 90d (default: until it is removed).")
    private @Nullable String expiresIn;

    @Option(
        names = "--file",
        description = {
          "A tokens file to add the line to, made if need be; gateways know it within two",
          "seconds."
        })
    private @Nullable Path file;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
      String secret = Secrets.draw();
      String line = token(Secrets.hash(secret)).line();
      PrintWriter out = spec.commandLine().getOut();
      if (file == null) {
        out.println("secret  " + secret);
        out.println("line    " + line);
      } else {
        append(file, line);
        out.println(secret);
      }
      out.flush();
      return 0;
    }

    private Token token(String hash) {
      try {
        Optional<Instant> expires =
            Optional.ofNullable(expiresIn)
                .map(Quantities::parseDuration)
                .map(Instant.now().truncatedTo(ChronoUnit.SECONDS)::plus);
        return new Token(name, hash, Grants.parse(scopes), expires);
      } catch (IllegalArgumentException e) {
        throw new CommandException(String.valueOf(e.getMessage()), e);
      }
    }

    private static void append(Path file, String line) {
      try {
        String before = Files.exists(file) ? Files.readString(file) : "";
        String gap = before.isEmpty() || before.endsWith("\n") ? "" : "\n";
        Files.writeString(
            file,
            gap + line + "\n",
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new CommandException("can't write the tokens file " + file + ": " + e, e);
      }
    }
  }
}

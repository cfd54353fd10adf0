package io.sluice.gateway;

import io.sluice.gateway.auth.AuthSettings;
import io.sluice.gateway.auth.Grants;
import io.sluice.gateway.auth.Secrets;
import io.sluice.gateway.auth.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Tokens for tests: one for everything, and one for each scope of the database {@code db}. */
public final class GuardedGateway {

  /** May do everything. */
  public static final String ADMIN = "sluice_admin";

  /** May read {@code db}. */
  public static final String READER = "sluice_reader";

  /** May write {@code db}. */
  public static final String WRITER = "sluice_writer";

  /** May do everything in another database, which there isn't. */
  public static final String STRANGER = "sluice_stranger";

  /** Is no token. */
  public static final String WRONG = "sluice_wrong";

  /** Writes a tokens file, and returns the settings of a gateway that goes by it. */
  public static AuthSettings settings(Path folder) throws IOException {
    Path file = folder.resolve("tokens");
    Files.writeString(
        file,
        String.join(
            "\n",
            line("root", ADMIN, "*:admin"),
            line("reader", READER, "db:read"),
            line("writer", WRITER, "db:write"),
            line("stranger", STRANGER, "other:admin")));
    return new AuthSettings(file.toString());
  }

  private static String line(String name, String secret, String grant) {
    Grants grants = Grants.parse(List.of(grant));
    return new Token(name, Secrets.hash(secret), grants, Optional.empty()).line();
  }

  private GuardedGateway() {}
}

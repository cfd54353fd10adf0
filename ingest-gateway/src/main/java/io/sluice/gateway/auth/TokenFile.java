package io.sluice.gateway.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of a file: one a line; {@code #} begins a comment. A name may stand in several lines,
 * so that its secret can be changed while both are good. Thread-safe.
 */
public final class TokenFile {

  private static final Logger LOG = LoggerFactory.getLogger(TokenFile.class);

  private final Path path;
  private volatile Map<String, Token> byHash;
  private @Nullable String seen;

  private TokenFile(Path path, String text) {
    this.path = path;
    this.byHash = parse(path, text);
    this.seen = text;
  }

  /**
   * Reads a file.
   *
   * @throws IllegalArgumentException if it can't be read, or a line of it isn't a token
   */
  public static TokenFile open(Path path) {
    try {
      return new TokenFile(path, Files.readString(path));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "the tokens in %s can't be read: %s".formatted(path, e), e);
    }
  }

  /**
   * Reads the file again if it has changed. With a mistake in it, or gone, the tokens stay as they
   * were: a slip of the pen must neither lock all out nor let anyone in. Blocks.
   *
   * @return whether the tokens are others now
   */
  public synchronized boolean refresh() {
    try {
      String text = Files.readString(path);
      if (text.equals(seen)) {
        return false;
      }
      seen = text;
      byHash = parse(path, text);
      LOG.info("The tokens in {} were read again: {} of them", path, byHash.size());
      return true;
    } catch (IOException e) {
      if (seen != null) {
        seen = null;
        LOG.error("The tokens in {} can't be read any more; those read before stay good", path, e);
      }
    } catch (IllegalArgumentException e) {
      LOG.error("{}; the tokens read before stay good", e.getMessage());
    }
    return false;
  }

  /** Returns the token with that secret; null if there is none. */
  @Nullable Token find(String secret) {
    // By its hash: how long that takes says nothing of any secret.
    return byHash.get(Secrets.hash(secret));
  }

  /** Returns whether a token is still in the file as it was. */
  boolean has(Token token) {
    return token.equals(byHash.get(token.hash()));
  }

  private static Map<String, Token> parse(Path path, String text) {
    Map<String, Token> tokens = new HashMap<>();
    List<String> lines = text.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).trim();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        Token token = Token.parse(line);
        if (tokens.put(token.hash(), token) != null) {
          throw new IllegalArgumentException("an earlier line has the same secret");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "line %d of the tokens in %s: %s".formatted(i + 1, path, e.getMessage()), e);
      }
    }
    return Map.copyOf(tokens);
  }
}

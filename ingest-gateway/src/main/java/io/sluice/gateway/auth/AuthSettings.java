package io.sluice.gateway.auth;

/**
 * Who may call a gateway.
 *
 * @param tokens file of the tokens that are known, as {@code sluice token create} writes its lines;
 *     read again when it changes. Empty: whoever reaches the gateway may do everything
 */
public record AuthSettings(String tokens) {

  /** No tokens: all are let in. */
  public static final AuthSettings DEFAULT = new AuthSettings("");

  /** Returns whether calls need a token. */
  public boolean required() {
    return !tokens.isEmpty();
  }
}

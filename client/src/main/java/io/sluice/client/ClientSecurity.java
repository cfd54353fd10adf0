package io.sluice.client;

import java.io.Serializable;

/**
 * How a client knows gateways, and they it.
 *
 * @param tls whether connections are encrypted. It never falls back to clear text.
 * @param ca PEM file of the CAs whose certificates gateways may show. Empty: those that Java trusts
 * @param credentials what it shows them
 */
public record ClientSecurity(boolean tls, String ca, Credentials credentials)
    implements Serializable {

  private static final String CA = "SLUICE_TLS_CA";

  /** Clear text, and no token. */
  public static final ClientSecurity NONE = new ClientSecurity(false, "", Credentials.NONE);

  /**
   * Returns what the environment says: the credentials as {@link Credentials#fromEnvironment} has
   * them, the CAs in the file that {@code SLUICE_TLS_CA} names.
   */
  public static ClientSecurity fromEnvironment() {
    String ca = System.getenv(CA);
    return new ClientSecurity(false, ca == null ? "" : ca, Credentials.fromEnvironment());
  }

  /** Returns this with encrypted connections, or without. */
  public ClientSecurity withTls(boolean encrypted) {
    return new ClientSecurity(encrypted, ca, credentials);
  }

  /** Returns this with other CAs; see {@link #ca}. */
  public ClientSecurity withCa(String file) {
    return new ClientSecurity(tls, file, credentials);
  }

  /** Returns this with other credentials. */
  public ClientSecurity with(Credentials others) {
    return new ClientSecurity(tls, ca, others);
  }
}

package io.sluice.client;

import java.io.Serializable;

/**
 * How a client knows gateways, and they it. All files are PEM, and are read again at each
 * connection; what is wrong with them is told when they are first read.
 *
 * @param tls whether connections are encrypted. It never falls back to clear text.
 * @param ca file of the CAs whose certificates gateways may show. Empty: those that Java trusts
 * @param certificate file of the certificate that the client shows gateways that ask for one, and
 *     those between it and its CA. Empty: it shows none
 * @param key file of the certificate's key, PKCS #8 without a password; may be the same file
 * @param credentials what it shows them
 */
public record ClientSecurity(
    boolean tls, String ca, String certificate, String key, Credentials credentials)
    implements Serializable {

  private static final String CA = "SLUICE_TLS_CA";
  private static final String CERTIFICATE = "SLUICE_TLS_CERTIFICATE";
  private static final String KEY = "SLUICE_TLS_KEY";

  /** Clear text, and no token. */
  public static final ClientSecurity NONE = new ClientSecurity(false, "", "", "", Credentials.NONE);

  /**
   * Returns what the environment says: the credentials as {@link Credentials#fromEnvironment} has
   * them, the CAs in the file that {@code SLUICE_TLS_CA} names, the certificate and its key in
   * those that {@code SLUICE_TLS_CERTIFICATE} and {@code SLUICE_TLS_KEY} name.
   */
  public static ClientSecurity fromEnvironment() {
    return new ClientSecurity(
        false,
        environment(CA),
        environment(CERTIFICATE),
        environment(KEY),
        Credentials.fromEnvironment());
  }

  private static String environment(String name) {
    String value = System.getenv(name);
    return value == null ? "" : value;
  }

  /** Returns this with encrypted connections, or without. */
  public ClientSecurity withTls(boolean encrypted) {
    return new ClientSecurity(encrypted, ca, certificate, key, credentials);
  }

  /** Returns this with other CAs; see {@link #ca}. */
  public ClientSecurity withCa(String file) {
    return new ClientSecurity(tls, file, certificate, key, credentials);
  }

  /** Returns this with another certificate; see {@link #certificate} and {@link #key}. */
  public ClientSecurity withCertificate(String file, String keyFile) {
    return new ClientSecurity(tls, ca, file, keyFile, credentials);
  }

  /** Returns this with other credentials. */
  public ClientSecurity with(Credentials others) {
    return new ClientSecurity(tls, ca, certificate, key, others);
  }
}

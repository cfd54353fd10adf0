package io.sluice.client;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom a client trusts and what it shows, as the files of its {@link ClientSecurity} have it at
 * each handshake. Files that can't be used, or can't be used yet, change nothing: of a certificate
 * and its key that are replaced one after the other, a reader may see one that is new and one that
 * is old. Thread-safe.
 */
public final class ClientTls {

  /**
   * For how long a server may be shown what it was shown before without another look at the files,
   * in seconds; the least that there is.
   */
  static final int SESSION_SECONDS = 1;

  private static final Logger LOG = LoggerFactory.getLogger(ClientTls.class);

  private final ClientSecurity security;
  private final KeyManager keys = new Keys();
  private final TrustManager trust = new Trust();
  private TlsFiles used;

  /** What was in use before {@link #used}: a handshake that began with it may still ask for it. */
  private TlsFiles before;

  private String failing = "";

  private ClientTls(ClientSecurity security, TlsFiles files) {
    this.security = security;
    this.used = files;
    this.before = files;
  }

  /**
   * Reads the files. Blocks.
   *
   * @throws IOException if one can't be used; the message names it and says what is needed, and has
   *     nothing of the key
   */
  public static ClientTls of(ClientSecurity security) throws IOException {
    return new ClientTls(security, TlsFiles.read(security));
  }

  /** Returns a context for callers of a gateway's HTTP; it follows the files. */
  public SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
      context.getClientSessionContext().setSessionTimeout(SESSION_SECONDS);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }

  KeyManager keys() {
    return keys;
  }

  TrustManager trust() {
    return trust;
  }

  /** Reads the files again. */
  private synchronized TlsFiles current() {
    try {
      TlsFiles now = TlsFiles.readAgain(security, used);
      if (now != used) {
        before = used;
        used = now;
        LOG.info("Connections to gateways use the new certificates from now on");
      }
      failing = "";
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      if (!reason.equals(failing)) {
        failing = reason;
        LOG.error("New certificates aren't used, the old ones stay: {}", reason);
      }
    }
    return used;
  }

  private synchronized @Nullable TlsFiles named(String alias) {
    if (used.alias().equals(alias)) {
      return used;
    }
    return before.alias().equals(alias) ? before : null;
  }

  /** The certificate, to whatever CAs the gateway names: it says better than us what it misses. */
  private final class Keys extends X509ExtendedKeyManager {

    @Override
    public @Nullable String chooseEngineClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      TlsFiles files = current();
      return files.hasKeyOf(types) ? files.alias() : null;
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return chooseEngineClientAlias(types, issuers, null);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
      TlsFiles files = named(alias);
      return files == null ? null : files.chain();
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
      TlsFiles files = named(alias);
      return files == null ? null : files.privateKey();
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
      String alias = chooseEngineClientAlias(new String[] {type}, issuers, null);
      return alias == null ? null : new String[] {alias};
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }

  private final class Trust extends X509ExtendedTrustManager {

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      current().trust().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      current().trust().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      current().trust().checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw noServer(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      throw noServer(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw noServer(chain);
    }

    private static CertificateException noServer(X509Certificate[] chain) {
      return new CertificateException("this is no server: " + Arrays.toString(chain));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}

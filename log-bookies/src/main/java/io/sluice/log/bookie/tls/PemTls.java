package io.sluice.log.bookie.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.apache.bookkeeper.conf.AbstractConfiguration;
import org.apache.bookkeeper.tls.SecurityException;
import org.apache.bookkeeper.tls.SecurityHandlerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS between bookies and their clients, with PEM files on both sides and a certificate from each.
 * BookKeeper's own takes a new certificate with an old key when it looks between the replacement of
 * the two files, and can't be told the name that bookies known by addresses have in common.
 *
 * <p>The files are read again at most every two seconds, when a connection is made. What can't be
 * used, or can't be used yet, changes nothing. Made by BookKeeper, by its class name. Thread-safe.
 */
public final class PemTls implements SecurityHandlerFactory {

  private static final Logger LOG = LoggerFactory.getLogger(PemTls.class);
  private static final String CERTIFICATE = "sluice.tls.certificate";
  private static final String KEY = "sluice.tls.key";
  private static final String CA = "sluice.tls.ca";
  private static final String PEER_NAME = "sluice.tls.peerName";
  private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

  private NodeType type = NodeType.Unknown;
  private @Nullable ByteBufAllocator allocator;
  private Path certificate = Path.of("");
  private Path key = Path.of("");
  private Path ca = Path.of("");
  private String peerName = "";
  private @Nullable TlsMaterial seen;
  private @Nullable SslContext context;
  private long lookedAt;
  private String failing = "";

  /** Turns TLS on in a configuration of BookKeeper's, for a bookie or a client. */
  public static void configure(
      AbstractConfiguration<?> conf, String certificate, String key, String ca, String peerName) {
    conf.setTLSProviderFactoryClass(PemTls.class.getName());
    conf.setProperty(CERTIFICATE, certificate);
    conf.setProperty(KEY, key);
    conf.setProperty(CA, ca);
    conf.setProperty(PEER_NAME, peerName);
  }

  @Override
  public String getHandlerName() {
    return "tls";
  }

  @Override
  @SuppressWarnings("rawtypes")
  public synchronized void init(NodeType node, AbstractConfiguration conf, ByteBufAllocator buffers)
      throws SecurityException {
    type = node;
    allocator = buffers;
    certificate = Path.of(conf.getString(CERTIFICATE));
    key = Path.of(conf.getString(KEY));
    ca = Path.of(conf.getString(CA));
    peerName = conf.getString(PEER_NAME);
    try {
      TlsMaterial material = TlsMaterial.read(certificate, key, ca);
      context = contextOf(material);
      seen = material;
      lookedAt = System.nanoTime();
    } catch (IOException | GeneralSecurityException e) {
      throw new SecurityException(reason(e), e);
    }
  }

  private SslContext contextOf(TlsMaterial material) throws GeneralSecurityException, SSLException {
    return type == NodeType.Server ? material.server() : material.client();
  }

  private String reason(Exception e) {
    return e instanceof GeneralSecurityException
        ? "TLS can't be used: certificate %s, key %s, CA %s: %s"
            .formatted(certificate, key, ca, e.getMessage())
        : "TLS can't be used: a file can't be read: " + e;
  }

  @Override
  public SslHandler newTLSHandler() {
    return newTLSHandler(null, -1);
  }

  @Override
  public SslHandler newTLSHandler(@Nullable String host, int port) {
    if (type == NodeType.Server || host == null) {
      return explained("a client", current().newHandler(buffers()));
    }
    String expected = peerName.isEmpty() ? host : peerName;
    SslHandler handler = current().newHandler(buffers(), expected, port);
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    handler.engine().setSSLParameters(parameters);
    return explained("the bookie at " + host + ":" + port, handler);
  }

  private synchronized ByteBufAllocator buffers() {
    return allocator == null ? ByteBufAllocator.DEFAULT : allocator;
  }

  private SslHandler explained(String who, SslHandler handler) {
    boolean server = type == NodeType.Server;
    var unused =
        handler
            .handshakeFuture()
            .addListener(
                done -> {
                  if (!done.isSuccess() && done.cause() != null) {
                    LOG.error(
                        "No TLS with {}: {}",
                        who,
                        HandshakeAdvice.of(
                            done.cause(),
                            server ? "bookie.tls.client-ca" : "bookkeeper.tls.ca",
                            server ? "bookie.tls.certificate" : "bookkeeper.tls.certificate"));
                  }
                });
    return handler;
  }

  private synchronized SslContext current() {
    SslContext used = context;
    if (used == null) {
      throw new IllegalStateException("init comes first");
    }
    long now = System.nanoTime();
    if (now - lookedAt < LOOK_AGAIN_NANOS) {
      return used;
    }
    lookedAt = now;
    try {
      TlsMaterial material = TlsMaterial.read(certificate, key, ca);
      if (!material.equals(seen)) {
        used = contextOf(material);
        context = used;
        seen = material;
        LOG.info("Connections use the new certificates from now on");
      }
      failing = "";
    } catch (IOException | GeneralSecurityException e) {
      String reason = reason(e);
      if (!reason.equals(failing)) {
        failing = reason;
        LOG.error("New certificates aren't used, the old ones stay: {}", reason);
      }
    }
    return used;
  }
}

package io.sluice.gateway.tls;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway's keys and certificates, as they are by now. Thread-safe. */
public final class Tls {

  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

  /** Takes newer certificates into use. */
  public interface Listener {

    /** Uses them for connections to come; fails if they can't be used. */
    Future<?> renew(ServerSSLOptions options);
  }

  private final Vertx vertx;
  private final TlsSettings settings;
  private volatile TlsMaterial material;
  private TlsMaterial seen;
  private String failing = "";

  private Tls(Vertx vertx, TlsSettings settings, TlsMaterial material) {
    this.vertx = vertx;
    this.settings = settings;
    this.material = material;
    this.seen = material;
  }

  /**
   * Reads the files that the settings name. Blocks.
   *
   * @throws IllegalArgumentException if one can't be used
   */
  public static Tls open(Vertx vertx, TlsSettings settings) {
    try {
      TlsMaterial material = TlsMaterial.read(settings);
      if (settings.enabled()) {
        Instant end = material.check(vertx);
        if (end.isBefore(Instant.now())) {
          LOG.warn("The certificate in {} expired at {}", settings.certificate(), end);
        }
      }
      return new Tls(vertx, settings, material);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("TLS can't be used: " + reason(settings, e), e);
    }
  }

  private static String reason(TlsSettings settings, Exception e) {
    return e instanceof IOException
        ? "a file can't be read: " + e
        : "certificate %s, key %s: %s"
            .formatted(settings.certificate(), settings.key(), e.getMessage());
  }

  /** Returns whether the port speaks TLS. */
  public boolean enabled() {
    return settings.enabled();
  }

  /** Returns how the port speaks it. */
  public ServerSSLOptions server() {
    return material.server();
  }

  /** Returns how calls to other gateways do. */
  public ClientSSLOptions client() {
    return material.client();
  }

  /** Returns the name that other gateways' certificates have; empty for the host of each. */
  public String peerName() {
    return settings.peerName();
  }

  /**
   * Reads the files again. What can't be used, or can't be used yet, changes nothing. Blocks.
   *
   * @param listener told if they are others
   */
  public synchronized void refresh(Listener listener) {
    TlsMaterial now;
    try {
      now = TlsMaterial.read(settings);
      if (now.equals(seen)) {
        return;
      }
      seen = now;
      failing = "";
      if (settings.enabled()) {
        var unused = now.check(vertx);
      }
    } catch (IOException | GeneralSecurityException e) {
      String reason = reason(settings, e);
      if (!reason.equals(failing)) {
        failing = reason;
        LOG.error("New certificates aren't used, the old ones stay: {}", reason);
      }
      return;
    }
    if (!settings.enabled()) {
      material = now;
      return;
    }
    var unused =
        listener
            .renew(now.server())
            .onComplete(
                renewed -> {
                  material = now;
                  LOG.info("Connections use the new certificates from now on");
                },
                failure -> LOG.error("New certificates aren't used, the old ones stay", failure));
  }
}

package io.sluice.flink.lake;

import io.sluice.client.ClientSecurity;
import io.sluice.client.ClientTls;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.iceberg.rest.auth.TLSConfigurer;
import org.jspecify.annotations.Nullable;

/**
 * Has Iceberg's REST client trust the CAs, and show the certificate, that the catalog names.
 * Iceberg makes it by its name.
 */
public final class LakeTls implements TLSConfigurer {

  private static final String CONFIGURER = "rest.client.tls.configurer-impl";
  private static final String CA = "sluice.tls.ca";
  private static final String CERTIFICATE = "sluice.tls.certificate";
  private static final String KEY = "sluice.tls.key";

  private @Nullable SSLContext context;

  /** Trusts nobody yet. */
  public LakeTls() {}

  /**
   * Returns the properties of an Iceberg catalog that have it made; none if Java's own TLS does.
   */
  static Map<String, String> properties(ClientSecurity security) {
    Map<String, String> properties = new HashMap<>();
    if (security.tls() && !(security.ca().isEmpty() && security.certificate().isEmpty())) {
      properties.put(CONFIGURER, LakeTls.class.getName());
      properties.put(CA, security.ca());
      properties.put(CERTIFICATE, security.certificate());
      properties.put(KEY, security.key());
    }
    return properties;
  }

  @Override
  public void initialize(Map<String, String> properties) {
    ClientSecurity security =
        ClientSecurity.NONE
            .withCa(properties.getOrDefault(CA, ""))
            .withCertificate(
                properties.getOrDefault(CERTIFICATE, ""), properties.getOrDefault(KEY, ""));
    try {
      context = ClientTls.of(security).context();
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public SSLContext sslContext() {
    SSLContext made = context;
    if (made == null) {
      throw new IllegalStateException("initialize comes first");
    }
    return made;
  }
}

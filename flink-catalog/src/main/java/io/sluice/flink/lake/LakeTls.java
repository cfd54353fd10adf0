package io.sluice.flink.lake;

import io.sluice.client.TrustedCas;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.apache.iceberg.rest.auth.TLSConfigurer;
import org.jspecify.annotations.Nullable;

/** Has Iceberg's REST client trust the CAs that the catalog names. Iceberg makes it by its name. */
public final class LakeTls implements TLSConfigurer {

  /** The property that has the PEM file of the CAs. */
  static final String CA = "sluice.tls.ca";

  private @Nullable SSLContext context;

  /** Trusts nobody yet. */
  public LakeTls() {}

  @Override
  public void initialize(Map<String, String> properties) {
    String ca = properties.getOrDefault(CA, "");
    try {
      context = TrustedCas.of(Path.of(ca));
    } catch (IOException e) {
      throw new IllegalArgumentException("'tls.ca': " + e.getMessage(), e);
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

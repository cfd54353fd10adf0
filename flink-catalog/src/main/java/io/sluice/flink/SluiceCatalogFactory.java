package io.sluice.flink;

import io.sluice.client.ClientSecurity;
import io.sluice.client.ClientSettings;
import io.sluice.client.Credentials;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.catalog.Catalog;
import org.apache.flink.table.catalog.exceptions.CatalogException;
import org.apache.flink.table.factories.CatalogFactory;
import org.apache.flink.table.factories.FactoryUtil;

/** Makes the catalog of {@code CREATE CATALOG c WITH ('type'='sluice', 'endpoint'='host:port')}. */
public final class SluiceCatalogFactory implements CatalogFactory {

  @Override
  public String factoryIdentifier() {
    return SluiceOptions.IDENTIFIER;
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(SluiceOptions.ENDPOINT);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(
        SluiceOptions.DEFAULT_DATABASE,
        SluiceOptions.TOKEN,
        SluiceOptions.TOKEN_FILE,
        SluiceOptions.TLS_CA,
        SluiceOptions.TLS_CERTIFICATE,
        SluiceOptions.TLS_KEY);
  }

  @Override
  public Catalog createCatalog(Context context) {
    FactoryUtil.CatalogFactoryHelper helper = FactoryUtil.createCatalogFactoryHelper(this, context);
    helper.validateExcept(SluiceOptions.LAKE_PREFIX);
    String endpoint = helper.getOptions().get(SluiceOptions.ENDPOINT);
    ClientSecurity security;
    try {
      ClientSettings settings = ClientSettings.of(endpoint);
      endpoint = settings.endpoint();
      security = security(settings.security(), helper.getOptions());
    } catch (IllegalArgumentException e) {
      throw new CatalogException("the catalog's options: " + e.getMessage(), e);
    }
    Map<String, String> lake = new HashMap<>();
    context
        .getOptions()
        .forEach(
            (key, value) -> {
              if (key.startsWith(SluiceOptions.LAKE_PREFIX)) {
                lake.put(key.substring(SluiceOptions.LAKE_PREFIX.length()), value);
              }
            });
    return new SluiceCatalog(
        context.getName(),
        helper.getOptions().get(SluiceOptions.DEFAULT_DATABASE),
        new Endpoint(endpoint, new HashMap<>(lake), security));
  }

  /** What the options don't say is as the environment of who makes the catalog has it. */
  private static ClientSecurity security(ClientSecurity environment, ReadableConfig options) {
    Optional<String> token = options.getOptional(SluiceOptions.TOKEN);
    Optional<String> file = options.getOptional(SluiceOptions.TOKEN_FILE);
    if (token.isPresent() && file.isPresent()) {
      throw new IllegalArgumentException("'token' and 'token-file' exclude each other");
    }
    ClientSecurity security =
        options.getOptional(SluiceOptions.TLS_CA).map(environment::withCa).orElse(environment);
    Optional<String> certificate = options.getOptional(SluiceOptions.TLS_CERTIFICATE);
    Optional<String> key = options.getOptional(SluiceOptions.TLS_KEY);
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("'tls.certificate' and 'tls.key' go together");
    }
    security =
        security.withCertificate(
            certificate.orElse(security.certificate()), key.orElse(security.key()));
    Optional<Credentials> given =
        token
            .map(Credentials::token)
            .or(() -> file.map(name -> Credentials.tokenFile(Path.of(name))));
    return given.map(security::with).orElse(security);
  }
}

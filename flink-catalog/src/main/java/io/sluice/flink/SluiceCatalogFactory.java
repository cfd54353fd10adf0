package io.sluice.flink;

import io.sluice.client.ClientSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
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
    return Set.of(SluiceOptions.DEFAULT_DATABASE);
  }

  @Override
  public Catalog createCatalog(Context context) {
    FactoryUtil.CatalogFactoryHelper helper = FactoryUtil.createCatalogFactoryHelper(this, context);
    helper.validateExcept(SluiceOptions.LAKE_PREFIX);
    String endpoint = helper.getOptions().get(SluiceOptions.ENDPOINT);
    try {
      endpoint = ClientSettings.of(endpoint).endpoint();
    } catch (IllegalArgumentException e) {
      throw new CatalogException("option 'endpoint': " + e.getMessage(), e);
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
        new Endpoint(endpoint, lake));
  }
}

package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.table.TableName;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableDescription;
import io.sluice.flink.lake.LakeCatalog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.table.api.EnvironmentSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LakeCatalogIT {

  private static final TableName TABLE = new TableName("default", "t");

  @TempDir private Path folder;

  @Test
  void aGatewayThatGoesAwayIsReplacedByAnother() throws Exception {
    try (Town town = new Town(folder);
        SluiceClient client = town.connect()) {
      town.sql(EnvironmentSettings.inBatchMode()).executeSql("CREATE TABLE t (n BIGINT)");
      TableDescription table = client.describe(TABLE);
      int port = Integer.parseInt(town.endpoint().substring(town.endpoint().indexOf(':') + 1));
      CuttingProxy first = new CuttingProxy(port, "/tables/t", () -> true);
      try (first) {
        Endpoint both = new Endpoint(first.endpoint() + "," + town.endpoint(), Map.of());
        Endpoint one = new Endpoint(first.endpoint(), Map.of());
        try (LakeCatalog lake = LakeCatalog.open(both, table);
            LakeCatalog alone = LakeCatalog.open(one, table)) {
          String location = lake.load().table().location();
          assertThat(alone.load().table().location()).isEqualTo(location);
          // Neither connections that are open nor new ones serve any more.
          first.close();
          assertThat(lake.load().table().location()).isEqualTo(location);
          assertThat(lake.load().table().location()).isEqualTo(location);
          assertThatThrownBy(alone::load)
              .isInstanceOf(IOException.class)
              .hasMessageContaining("can't be loaded through " + first.endpoint());
        }
      }
    }
  }
}

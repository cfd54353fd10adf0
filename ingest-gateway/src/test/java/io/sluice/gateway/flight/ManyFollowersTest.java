package io.sluice.gateway.flight;

import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.catalog.table.TableName;
import io.sluice.client.BucketReader;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.client.TableWriter;
import io.sluice.client.WriterSettings;
import io.sluice.gateway.GatewayFixture;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More followers of one client than a connection takes calls. */
@Timeout(120)
class ManyFollowersTest {

  private static final int FOLLOWERS = 300;
  private static final Schema COLUMNS = new Schema(required(1, "id", LongType.get()));

  @TempDir Path folder;

  @Test
  void eachFollowerGetsItsRowsAndAppendsGoOnBesideThem() throws Exception {
    GatewayFixture gateway = new GatewayFixture(folder);
    try (SluiceClient client = SluiceClient.connect("127.0.0.1:" + gateway.port())) {
      TableName table = gateway.createTable("t", COLUMNS, Map.of());
      ReadSpec spec = ReadSpec.follow(table, 0, new ReadSpec.From.Offset(0));
      List<BucketReader> followers = new ArrayList<>();
      try {
        for (int i = 0; i < FOLLOWERS; i++) {
          followers.add(client.read(spec));
        }
        try (TableWriter writer = client.writer(table, WriterSettings.create())) {
          var unused = writer.append(List.of(Map.of("id", 7L)));
          writer.flush();
        }
        for (BucketReader follower : followers) {
          try (ReadBatch batch = follower.poll(Duration.ofSeconds(30)).orElseThrow()) {
            assertThat(batch.rows().getVector("id").getObject(0)).isEqualTo(7L);
          }
        }
      } finally {
        followers.forEach(BucketReader::close);
      }
    } finally {
      gateway.close();
    }
  }
}

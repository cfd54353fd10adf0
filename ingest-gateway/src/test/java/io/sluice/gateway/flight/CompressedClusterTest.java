package io.sluice.gateway.flight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.catalog.table.TableName;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that one gateway compresses and passes on to another one, and back. */
@Timeout(120)
class CompressedClusterTest extends ThreeGateways {

  @ParameterizedTest
  @ValueSource(strings = {"lz4", "zstd"})
  void rowsThatArePassedOnAreReadThroughAnyGateway(String compression) throws Exception {
    table = compressed(compression);
    int bucket = bucketOfAnother();
    String named = "{\"bucket\":%d}".formatted(bucket);
    // Several frames, then one, then one that is too small to be compressed.
    for (int count : new int[] {400, 50, 1}) {
      try (VectorSchemaRoot rows = count == 1 ? rows(0, 1) : wide(count)) {
        JsonNode result = clients.get(0).put(table, rows, named).get(0).get("results").get(0);
        assertThat(result.get("rows").asInt()).isEqualTo(count);
      }
    }
    for (FlightTestClient client : clients) {
      assertThat(read(client, bucket, ""))
          .containsExactlyElementsOf(
              LongStream.concat(
                      LongStream.concat(LongStream.range(0, 400), LongStream.range(0, 50)),
                      LongStream.of(0))
                  .boxed()
                  .toList());
      assertThat(read(client, bucket, ",\"from\":7,\"to\":9,\"columns\":[\"name\",\"id\"]"))
          .containsExactly(7L, 8L);
      assertThat(read(client, bucket, ",\"from\":395,\"to\":402"))
          .containsExactly(395L, 396L, 397L, 398L, 399L, 0L, 1L);
    }
  }

  private TableName compressed(String compression) throws Exception {
    return createTable(
        "c", Map.of("bucket.count", Integer.toString(BUCKETS), "log.compression", compression));
  }
}

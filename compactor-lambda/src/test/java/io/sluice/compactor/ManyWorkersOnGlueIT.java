package io.sluice.compactor;

import io.sluice.catalog.lake.LakeSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;

/** The same on AWS Glue, whose endpoint comes by {@code -Daws.endpoint}. */
@Tag("aws")
class ManyWorkersOnGlueIT extends ManyWorkersIT {

  private static final URI ENDPOINT = URI.create(System.getProperty("aws.endpoint", ""));

  @Override
  LakeSettings settings(Path warehouse) {
    System.setProperty("aws.region", "us-east-1");
    System.setProperty("aws.accessKeyId", "test");
    System.setProperty("aws.secretAccessKey", "test");
    return new LakeSettings(
        "file://" + warehouse.toAbsolutePath(),
        Map.of(
            "type", "glue",
            "glue.endpoint", ENDPOINT.toString(),
            "http-client.type", "urlconnection"));
  }

  @Override
  int rounds() {
    return 3;
  }
}

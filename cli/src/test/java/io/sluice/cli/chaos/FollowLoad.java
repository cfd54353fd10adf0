package io.sluice.cli.chaos;

import io.sluice.client.BucketReader;
import io.sluice.client.ReadBatch;
import io.sluice.client.ReadSpec;
import io.sluice.client.SluiceClient;
import io.sluice.testing.history.History;
import java.time.Duration;
import java.util.Optional;

/** Follows one bucket from its beginning, wherever it goes. */
final class FollowLoad extends Load {

  private static final Duration LOOK = Duration.ofMillis(200);

  private final SluiceClient client;
  private final History history;
  private final int bucket;
  private final String name;
  private volatile long until = Long.MAX_VALUE;

  FollowLoad(SluiceClient client, History history, int bucket, int number) {
    super("follower-" + bucket + "-" + number);
    this.client = client;
    this.history = history;
    this.bucket = bucket;
    this.name = "follower-" + bucket + "-" + number;
  }

  /** Ends it once it has seen all rows below an offset. */
  void stopAt(long watermark) {
    until = watermark;
  }

  int bucket() {
    return bucket;
  }

  @Override
  void run() throws Exception {
    ReadSpec spec =
        ReadSpec.follow(ChaosTable.NAME, bucket, new ReadSpec.From.Offset(0))
            .withColumns(ChaosTable.NAMES);
    try (BucketReader reader = client.read(spec)) {
      while (!isStopping() && reader.position() < until) {
        Optional<ReadBatch> batch = reader.poll(LOOK);
        batch.ifPresent(rows -> ChaosTable.each(bucket, rows, row -> history.saw(name, row)));
      }
    }
  }
}

package io.sluice.bench.kafka;

import io.sluice.bench.measure.Load;
import io.sluice.bench.measure.MeasuredSystem;
import io.sluice.bench.measure.MeasuredTable;
import io.sluice.bench.measure.MeasuringClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * Kafka, through its Java clients. Variants: {@code pagecache}, which acknowledges what isn't on
 * the disk yet, Kafka's default; {@code fsync}, which syncs the log before it acknowledges.
 */
final class KafkaSystem implements MeasuredSystem {

  private static final String FSYNC = "fsync";
  private static final long LEADERS_SECONDS = 120;

  private final String bootstrap;
  private final Admin admin;
  private final AtomicInteger topics = new AtomicInteger();

  private KafkaSystem(String bootstrap) {
    this.bootstrap = bootstrap;
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  /** The client's process; the argument is what the server said. */
  public static void main(String[] args) throws Exception {
    MeasuringClient.serve(new KafkaSystem(args[0].substring("bootstrap=".length())));
  }

  @Override
  public MeasuredTable newTable(Load load) throws Exception {
    String name = "t" + topics.incrementAndGet();
    NewTopic topic = new NewTopic(name, Optional.of(load.buckets()), Optional.empty());
    topic.configs(
        load.variant().equals(FSYNC)
            ? Map.of("flush.messages", "1", "file.delete.delay.ms", "1000")
            : Map.of("file.delete.delay.ms", "1000"));
    admin.createTopics(List.of(topic)).all().get(60, TimeUnit.SECONDS);
    awaitLeaders(name, load.buckets());
    return new KafkaTopic(bootstrap, admin, name, load.shape());
  }

  /**
   * Waits until all partitions take rows: a topic is made before they have leaders, and rows that
   * are sent until then may wait until they are too old.
   */
  private void awaitLeaders(String name, int partitions) throws Exception {
    Map<TopicPartition, OffsetSpec> all = new HashMap<>();
    for (int i = 0; i < partitions; i++) {
      all.put(new TopicPartition(name, i), OffsetSpec.latest());
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LEADERS_SECONDS);
    while (true) {
      try {
        admin.listOffsets(all).all().get(LEADERS_SECONDS, TimeUnit.SECONDS);
        return;
      } catch (ExecutionException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  @Override
  public void close() {
    admin.close();
  }
}

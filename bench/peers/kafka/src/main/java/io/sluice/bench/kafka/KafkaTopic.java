package io.sluice.bench.kafka;

import io.sluice.bench.measure.Acks;
import io.sluice.bench.measure.Closing;
import io.sluice.bench.measure.MeasuredTable;
import io.sluice.bench.measure.PlainRow;
import io.sluice.bench.measure.RowProducer;
import io.sluice.bench.measure.RowShape;
import io.sluice.bench.measure.RowTail;
import io.sluice.bench.measure.Tuning;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic; each row is a record without a key, whose value is the row as bytes. */
final class KafkaTopic implements MeasuredTable {

  private final String bootstrap;
  private final Admin admin;
  private final String name;
  private final RowShape shape;

  KafkaTopic(String bootstrap, Admin admin, String name, RowShape shape) {
    this.bootstrap = bootstrap;
    this.admin = admin;
    this.name = name;
    this.shape = shape;
  }

  @Override
  public RowProducer producer(Tuning tuning, Acks acks) {
    Map<String, Object> settings =
        tuning == Tuning.LATENCY
            ? Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", "0")
            : Map.of(
                "bootstrap.servers",
                bootstrap,
                "acks",
                "all",
                "linger.ms",
                "5",
                "batch.size",
                Integer.toString(256 << 10),
                "buffer.memory",
                Integer.toString(64 << 20),
                "max.request.size",
                Integer.toString(4 << 20));
    return new Producer(
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()),
        name,
        shape.rows().stream().map(row -> PlainRow.of(shape, row)).toList(),
        acks);
  }

  private record Producer(
      KafkaProducer<byte[], byte[]> kafka, String topic, List<byte[]> rows, Acks acks)
      implements RowProducer {

    @Override
    public void send(int row, long id) {
      byte[] value = rows.get(row);
      // The producer copies it before it returns.
      PlainRow.setId(value, id);
      var unused =
          kafka.send(
              new ProducerRecord<>(topic, value),
              (where, error) -> {
                if (error == null) {
                  acks.acked(id);
                } else {
                  acks.failed(error);
                }
              });
    }

    @Override
    public void flush() {
      kafka.flush();
    }

    @Override
    public void close() {
      kafka.close();
    }
  }

  @Override
  public RowTail tail(Tuning tuning, List<String> columns) {
    KafkaConsumer<byte[], byte[]> kafka =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false",
                "max.poll.records",
                tuning == Tuning.LATENCY ? "500" : "5000",
                "max.partition.fetch.bytes",
                Integer.toString(8 << 20)),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    TopicPartition first = new TopicPartition(name, 0);
    kafka.assign(List.of(first));
    kafka.seekToBeginning(List.of(first));
    return new Tail(kafka);
  }

  private record Tail(KafkaConsumer<byte[], byte[]> kafka) implements RowTail {

    @Override
    public int poll(Duration atMost, LongConsumer ids) {
      ConsumerRecords<byte[], byte[]> records = kafka.poll(atMost);
      for (ConsumerRecord<byte[], byte[]> record : records) {
        ids.accept(PlainRow.id(record.value(), 0));
      }
      return records.count();
    }

    @Override
    public void close() {
      kafka.close();
    }
  }

  @Override
  public void close() throws IOException {
    Closing.all(() -> admin.deleteTopics(List.of(name)).all().get(60, TimeUnit.SECONDS));
  }
}

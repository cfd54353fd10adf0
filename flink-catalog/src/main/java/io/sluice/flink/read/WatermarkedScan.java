package io.sluice.flink.read;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.source.DataStreamScanProvider;
import org.apache.flink.table.data.RowData;

/** A source with watermarks, which a plain provider of sources has no place for. */
record WatermarkedScan(SluiceSource source, WatermarkStrategy<RowData> watermarks, ScanSpec spec)
    implements DataStreamScanProvider {

  @Override
  public DataStream<RowData> produceDataStream(
      ProviderContext context, StreamExecutionEnvironment environment) {
    DataStreamSource<RowData> stream =
        environment.fromSource(source, watermarks, "Sluice table " + spec.name());
    Integer parallelism = spec.settings().parallelism();
    if (parallelism != null) {
      stream.setParallelism(parallelism);
    }
    // Without an id of its own its state would be lost when the rest of the query changes.
    context.generateUid("source").ifPresent(stream::uid);
    return stream;
  }

  @Override
  public boolean isBounded() {
    return source.getBoundedness() == Boundedness.BOUNDED;
  }
}

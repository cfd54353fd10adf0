/** Apache Kafka, measured as Sluice is. */
@org.jspecify.annotations.NullMarked
package io.sluice.bench.kafka;

package io.sluice.gateway.flight;

import io.sluice.gateway.GatewaySettings;
import io.sluice.gateway.append.Appends;
import io.sluice.gateway.auth.Authenticator;
import io.sluice.gateway.cluster.Ownership;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.read.Reads;
import io.sluice.gateway.tables.TableOperations;
import io.sluice.gateway.tables.Tables;
import io.sluice.gateway.tables.Workers;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Flight works with; all of it stays its owner's to close.
 *
 * @param ownership says where buckets are
 * @param authenticator finds out who calls
 * @param inFlight what of all DoPut streams isn't durable yet
 */
public record FlightParts(
    GatewaySettings settings,
    BufferAllocator allocator,
    Ownership ownership,
    Tables tables,
    TableOperations operations,
    Appends appends,
    Reads reads,
    Workers workers,
    Authenticator authenticator,
    InFlight inFlight) {

  private static final Logger LOG = LoggerFactory.getLogger(FlightParts.class);

  /** Returns memory for one stream: a message, and twice what a batch may become. */
  BufferAllocator streamAllocator(String name) {
    long limit = settings.maxMessageBytes() + 2 * settings.gate().maxBytes();
    return allocator.newChildAllocator(name, 0, limit);
  }

  /** Logs a failure that is the gateway's own. */
  void report(Throwable failure) {
    if (Problem.of(failure).internal()) {
      LOG.error("a Flight call failed", Problem.unwrap(failure));
    }
  }
}

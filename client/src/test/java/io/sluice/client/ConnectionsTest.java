package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.junit.jupiter.api.Test;

class ConnectionsTest {

  private static final Endpoint A = new Endpoint("127.0.0.1", 1);
  private static final Endpoint B = new Endpoint("127.0.0.1", 2);

  @Test
  void aConnectionClosesOnceItIsUnusedForLongAndItsGatewayIsNotLive() throws Exception {
    try (BufferAllocator allocator = new RootAllocator();
        Connections connections = new Connections(allocator)) {
      Connections.Lease held = connections.lease(A);
      try (Connections.Lease same = connections.lease(A)) {
        assertThat(same.connection()).isSameAs(held.connection());
      }
      connections.lease(B).close();
      assertThat(connections.size()).isEqualTo(2);
      long now = System.nanoTime();
      long later = now + Connections.UNUSED_LIMIT.toNanos() + 1;
      connections.closeUnused(Set.of(), now);
      connections.closeUnused(Set.of(B), later);
      assertThat(connections.size()).isEqualTo(2);
      connections.closeUnused(Set.of(), later);
      assertThat(connections.size()).isEqualTo(1);
      held.close();
      connections.closeUnused(Set.of(), later + Connections.UNUSED_LIMIT.toNanos());
      assertThat(connections.size()).isZero();
    }
  }

  @Test
  void aClosedClientConnectsNoMore() {
    try (BufferAllocator allocator = new RootAllocator()) {
      Connections connections = new Connections(allocator);
      connections.close();
      assertThatThrownBy(() -> connections.lease(A))
          .isInstanceOf(SluiceException.class)
          .hasMessage("the client is closed");
    }
  }
}

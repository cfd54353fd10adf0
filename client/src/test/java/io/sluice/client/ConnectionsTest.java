package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
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
  void aConnectionThatHasAllItTakesGetsAnotherOneBesideIt() throws Exception {
    try (BufferAllocator allocator = new RootAllocator();
        Connections connections = new Connections(allocator)) {
      List<Connections.Lease> leases = new ArrayList<>();
      for (int i = 0; i < 2 * Connections.MOST_LEASES + 1; i++) {
        leases.add(connections.lease(A));
      }
      assertThat(connections.size()).isEqualTo(3);
      assertThat(leases.stream().map(Connections.Lease::connection).distinct()).hasSize(3);
      Connection second = leases.get(Connections.MOST_LEASES).connection();
      leases.remove(Connections.MOST_LEASES).close();
      try (Connections.Lease next = connections.lease(A)) {
        assertThat(next.connection()).as("where there is room").isSameAs(second);
      }
      leases.forEach(Connections.Lease::close);
      long later = System.nanoTime() + Connections.UNUSED_LIMIT.toNanos() + 1;
      connections.closeUnused(Set.of(A), later);
      assertThat(connections.size()).as("one stays for a gateway that is live").isEqualTo(1);
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

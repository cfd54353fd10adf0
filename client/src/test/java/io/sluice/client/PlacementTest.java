package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.SluiceException.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.Location;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PlacementTest {

  private static final Endpoint A = new Endpoint("a", 1);

  @Test
  void howeverManyFindAViewWrongTheGatewaysAreAskedOnce() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    Placement placement =
        new Placement(
            () -> {
              asked.incrementAndGet();
              begun.countDown();
              await(answer);
              return new Placement.Heard(1, Map.of(0, A));
            });
    Placement.View none = placement.current();
    FutureTask<Placement.View> asking = start(placement, none);
    await(begun);
    FutureTask<Placement.View> waiting = start(placement, none);
    answer.countDown();
    assertThat(asking.get(20, TimeUnit.SECONDS).owner(0)).isEqualTo(A);
    assertThat(waiting.get(20, TimeUnit.SECONDS).owner(0)).isEqualTo(A);
    assertThat(placement.newerThan(none).version()).isEqualTo(1);
    assertThat(asked).hasValue(1);
    assertThat(placement.newerThan(placement.current()).version()).isEqualTo(2);
  }

  @Test
  void aViewStaysWhenNoGatewayAnswers() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Placement placement =
        new Placement(
            () -> {
              if (asked.incrementAndGet() > 1) {
                throw new SluiceException(Reason.UNAVAILABLE, "away");
              }
              return new Placement.Heard(1, Map.of(0, A));
            });
    Placement.View first = placement.newerThan(placement.current());
    assertThat(placement.newerThan(first)).isSameAs(first);
    assertThat(placement.newerThan(first)).isSameAs(first);
    assertThat(asked).hasValue(3);
  }

  @Test
  void aBucketBelongsToTheFirstLocationOfTheEndpointThatHasItsTicket() throws Exception {
    FlightInfo info =
        new FlightInfo(
            new Schema(List.of()),
            FlightDescriptor.path("d", "t"),
            List.of(
                endpoint("{\"bucket\":1}", "grpc+tcp://a:1", "grpc+tcp://b:1"),
                endpoint("{\"bucket\":0}", "grpc://[::1]:7"),
                endpoint("opaque", "grpc+tcp://under_score:8"),
                endpoint("{\"bucket\":3}", "arrow-flight-reuse-connection://?"),
                endpoint("{\"bucket\":4}")),
            -1,
            -1);
    assertThat(Placement.owners(info))
        .isEqualTo(
            new Placement.Heard(
                5, Map.of(1, A, 0, new Endpoint("::1", 7), 2, new Endpoint("under_score", 8))));
  }

  private static FlightEndpoint endpoint(String ticket, String... locations) {
    Location[] all =
        java.util.Arrays.stream(locations)
            .map(location -> new Location(URI.create(location)))
            .toArray(Location[]::new);
    return new FlightEndpoint(new Ticket(ticket.getBytes(StandardCharsets.UTF_8)), all);
  }

  private static FutureTask<Placement.View> start(Placement placement, Placement.View wrong) {
    FutureTask<Placement.View> task = new FutureTask<>(() -> placement.newerThan(wrong));
    Thread thread = new Thread(task, "placement-test");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

package io.sluice.gateway.flight;

import static org.apache.iceberg.types.Types.NestedField.required;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status.Code;
import io.sluice.catalog.metadata.MetadataPaths;
import io.sluice.catalog.table.TableName;
import io.sluice.gateway.GatewayFixture;
import io.sluice.gateway.GatewaySettings;
import io.sluice.gateway.GuardedGateway;
import io.sluice.gateway.auth.Permission;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types.LongType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each call of Flight, and each action, is made by those alone that may. */
@SuppressWarnings("try") // close() may be interrupted
@Timeout(120)
class FlightAccessTest {

  /** What a token for another database may call: the answer has nothing of this one. */
  private static final Set<FlightAction> FOR_ALL =
      EnumSet.of(FlightAction.LIST_DATABASES, FlightAction.GATEWAYS, FlightAction.STATUS);

  private static final Set<FlightMethod> METHODS_FOR_ALL =
      EnumSet.of(FlightMethod.LIST_FLIGHTS, FlightMethod.LIST_ACTIONS, FlightMethod.HANDSHAKE);

  private static final String ABOUT_TABLE = "{\"database\":\"db\",\"table\":\"hidden\"}";

  @TempDir Path folder;
  private GatewayFixture gateway;
  private RawFlight flight;
  private TableName table;

  @BeforeEach
  void start() throws Exception {
    Path lake = Files.createDirectory(folder.resolve("lake"));
    gateway =
        new GatewayFixture(lake, GatewaySettings.DEFAULT.with(GuardedGateway.settings(folder)));
    flight = new RawFlight(gateway.port());
    table = gateway.createTable("hidden", new Schema(required(1, "id", LongType.get())), Map.of());
  }

  @AfterEach
  void stop() throws Exception {
    flight.close();
    gateway.close();
  }

  private byte[] message(FlightMethod method) {
    ByteString ticket = ByteString.copyFrom(Ticket.of(table, 0));
    return switch (method) {
      case DO_PUT, DO_EXCHANGE ->
          Flight.FlightData.newBuilder()
              .setFlightDescriptor(Descriptors.of(table))
              .build()
              .toByteArray();
      case DO_GET -> Flight.Ticket.newBuilder().setTicket(ticket).build().toByteArray();
      case GET_FLIGHT_INFO, GET_SCHEMA, POLL_FLIGHT_INFO -> Descriptors.of(table).toByteArray();
      case DO_ACTION -> message(FlightAction.DESCRIBE_TABLE, ABOUT_TABLE);
      case LIST_FLIGHTS, LIST_ACTIONS, HANDSHAKE -> new byte[0];
    };
  }

  private static byte[] message(FlightAction action, String body) {
    return Flight.Action.newBuilder()
        .setType(action.type())
        .setBody(ByteString.copyFromUtf8(body))
        .build()
        .toByteArray();
  }

  private static Map<String, String> token(String secret) {
    return Map.of("authorization", "Bearer " + secret);
  }

  private Code code(FlightAction action, String secret) throws Exception {
    return flight.call(FlightMethod.DO_ACTION, message(action, ABOUT_TABLE), token(secret)).code();
  }

  private Code code(FlightMethod method, String secret) throws Exception {
    return flight.call(method, message(method), token(secret)).code();
  }

  @Test
  void allMethodsOfTheServiceAreKnown() {
    assertThat(Arrays.stream(FlightMethod.values()).map(FlightMethod::path))
        .containsExactlyInAnyOrderElementsOf(
            FlightServiceGrpc.getServiceDescriptor().getMethods().stream()
                .map(method -> "/" + method.getFullMethodName())
                .collect(Collectors.toList()));
  }

  @Test
  void noMethodIsForThoseWithoutAToken() throws Exception {
    for (FlightMethod method : FlightMethod.values()) {
      RawFlight.Outcome without = flight.call(method, message(method), Map.of());
      assertThat(without.code()).as("%s", method).isEqualTo(Code.UNAUTHENTICATED);
      assertThat(without.status().getDescription()).contains("needs a token").contains("--token");
      assertThat(code(method, GuardedGateway.WRONG))
          .as("%s", method)
          .isEqualTo(Code.UNAUTHENTICATED);
    }
  }

  @Test
  void noMethodIsForATokenOfAnotherDatabase() throws Exception {
    for (FlightMethod method : FlightMethod.values()) {
      RawFlight.Outcome outcome =
          flight.call(method, message(method), token(GuardedGateway.STRANGER));
      if (METHODS_FOR_ALL.contains(method)) {
        assertThat(outcome.code()).as("%s", method).isEqualTo(Code.OK);
        assertHidden(outcome, method);
      } else if (method == FlightMethod.POLL_FLIGHT_INFO || method == FlightMethod.DO_EXCHANGE) {
        assertThat(outcome.code()).as("%s", method).isEqualTo(Code.UNIMPLEMENTED);
      } else {
        assertThat(outcome.code()).as("%s", method).isEqualTo(Code.PERMISSION_DENIED);
        assertThat(outcome.status().getDescription())
            .contains("'stranger'")
            .contains("database db")
            .doesNotContain(GuardedGateway.STRANGER);
      }
    }
  }

  @Test
  void noActionIsForThoseWithoutATokenOrOneOfAnotherDatabase() throws Exception {
    for (FlightAction action : FlightAction.values()) {
      boolean forAll = FOR_ALL.contains(action);
      byte[] message = message(action, forAll ? "{}" : ABOUT_TABLE);
      RawFlight.Outcome without = flight.call(FlightMethod.DO_ACTION, message, Map.of());
      assertThat(without.code()).as("%s", action).isEqualTo(Code.UNAUTHENTICATED);
      RawFlight.Outcome wrong =
          flight.call(FlightMethod.DO_ACTION, message, token(GuardedGateway.WRONG));
      assertThat(wrong.code()).as("%s", action).isEqualTo(Code.UNAUTHENTICATED);
      RawFlight.Outcome stranger =
          flight.call(FlightMethod.DO_ACTION, message, token(GuardedGateway.STRANGER));
      assertThat(stranger.code())
          .as("%s", action)
          .isEqualTo(forAll ? Code.OK : Code.PERMISSION_DENIED);
      assertHidden(stranger, action);
    }
  }

  private static void assertHidden(RawFlight.Outcome outcome, Object call) {
    for (byte[] answer : outcome.messages()) {
      assertThat(new String(answer, StandardCharsets.ISO_8859_1))
          .as("%s", call)
          .doesNotContain("hidden")
          .doesNotContain("\"db\"");
    }
  }

  @Test
  void whatGatewaysAskOfEachOtherIsForNobodyElse() throws Exception {
    for (FlightAction action : FlightAction.values()) {
      if (action.permission().subject() == Permission.Subject.GATEWAY) {
        assertThat(code(action, GuardedGateway.ADMIN)).isEqualTo(Code.PERMISSION_DENIED);
      }
    }
  }

  @Test
  void nobodySaysThatAGatewayPassedItsCallOn() throws Exception {
    String id = MetadataPaths.text(gateway.metadata().list(MetadataPaths.GATEWAYS).get().get(0));
    for (String who : new String[] {"gateway-made-up", id}) {
      RawFlight.Outcome outcome =
          flight.call(
              FlightMethod.DO_ACTION,
              message(FlightAction.SEAL, ABOUT_TABLE),
              Map.of(
                  "authorization", "Bearer " + GuardedGateway.ADMIN, FlightPeers.FORWARDED, who));
      assertThat(outcome.code()).isIn(Code.UNAUTHENTICATED, Code.UNAVAILABLE);
    }
  }

  @Test
  void scopesAreKept() throws Exception {
    assertThat(code(FlightMethod.DO_GET, GuardedGateway.WRITER)).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(code(FlightMethod.DO_GET, GuardedGateway.READER)).isEqualTo(Code.OK);
    assertThat(code(FlightMethod.DO_PUT, GuardedGateway.READER)).isEqualTo(Code.PERMISSION_DENIED);
    assertThat(code(FlightMethod.DO_PUT, GuardedGateway.WRITER))
        .as("let in, and then it has no schema")
        .isEqualTo(Code.INVALID_ARGUMENT);
    for (FlightMethod method : EnumSet.of(FlightMethod.GET_FLIGHT_INFO, FlightMethod.GET_SCHEMA)) {
      assertThat(code(method, GuardedGateway.READER)).isEqualTo(Code.OK);
      assertThat(code(method, GuardedGateway.WRITER)).isEqualTo(Code.OK);
    }
    assertThat(code(FlightAction.TRUNCATE, GuardedGateway.WRITER))
        .isEqualTo(Code.PERMISSION_DENIED);
    assertThat(code(FlightAction.DROP_TABLE, GuardedGateway.WRITER))
        .isEqualTo(Code.PERMISSION_DENIED);
    assertThat(code(FlightAction.WATERMARKS, GuardedGateway.READER)).isEqualTo(Code.OK);
    assertThat(code(FlightAction.DROP_TABLE, GuardedGateway.ADMIN)).isEqualTo(Code.OK);
  }

  @Test
  void aHandshakeGivesATokenForNameAndSecret() throws Exception {
    byte[] pair = ("reader:" + GuardedGateway.READER).getBytes(StandardCharsets.UTF_8);
    RawFlight.Outcome outcome =
        flight.call(
            FlightMethod.HANDSHAKE,
            new byte[0],
            Map.of("authorization", "Basic " + Base64.getEncoder().encodeToString(pair)));
    assertThat(outcome.code()).isEqualTo(Code.OK);
    assertThat(outcome.header("authorization")).isEqualTo("Bearer " + GuardedGateway.READER);
  }
}

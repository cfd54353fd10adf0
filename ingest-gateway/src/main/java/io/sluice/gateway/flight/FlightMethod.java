package io.sluice.gateway.flight;

import java.util.Arrays;
import java.util.Optional;

/** The methods of Flight's service. */
enum FlightMethod {
  DO_PUT("DoPut"),
  DO_GET("DoGet"),
  DO_ACTION("DoAction"),
  GET_FLIGHT_INFO("GetFlightInfo"),
  GET_SCHEMA("GetSchema"),
  LIST_FLIGHTS("ListFlights"),
  LIST_ACTIONS("ListActions"),
  HANDSHAKE("Handshake"),
  POLL_FLIGHT_INFO("PollFlightInfo"),
  DO_EXCHANGE("DoExchange");

  private static final String PREFIX = "/arrow.flight.protocol.FlightService/";

  private final String rpc;

  FlightMethod(String rpc) {
    this.rpc = rpc;
  }

  /** Returns the path of its calls. */
  String path() {
    return PREFIX + rpc;
  }

  /** Returns the method of that path; empty if there is none. */
  static Optional<FlightMethod> of(String path) {
    return Arrays.stream(values()).filter(method -> method.path().equals(path)).findAny();
  }
}

package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ClientSettingsTest {

  @Test
  void anEndpointIsAHostAndMaybeAPort() {
    assertThat(ClientSettings.of("localhost").endpoint()).isEqualTo("localhost:9470");
    assertThat(ClientSettings.of("10.0.0.7:99").endpoint()).isEqualTo("10.0.0.7:99");
    assertThat(ClientSettings.of("http://a.b:1").endpoint()).isEqualTo("a.b:1");
    assertThat(ClientSettings.of("[::1]:7").endpoint()).isEqualTo("[::1]:7");
    assertThat(ClientSettings.of("::1").endpoint()).isEqualTo("[::1]:9470");
  }

  @Test
  void severalEndpointsAreDividedByCommas() {
    ClientSettings settings = ClientSettings.of("a:1, grpc://b ,a:1,[::1]:7");
    assertThat(settings.endpoints())
        .containsExactly(new Endpoint("a", 1), new Endpoint("b", 9470), new Endpoint("::1", 7));
    assertThat(settings.endpoint()).isEqualTo("a:1,b:9470,[::1]:7");
    assertThat(ClientSettings.of(settings.endpoint())).isEqualTo(settings);
    assertThatThrownBy(() -> ClientSettings.of("a:1,")).hasMessageContaining("no host");
  }

  @Test
  void whatIsNoEndpointIsRefusedWithAnExample() {
    assertThatThrownBy(() -> ClientSettings.of("localhost:9470/iceberg"))
        .hasMessageContaining("write host:port");
    assertThatThrownBy(() -> ClientSettings.of("localhost:x")).hasMessageContaining("port number");
    assertThatThrownBy(() -> ClientSettings.of(":9")).hasMessageContaining("no host");
    assertThatThrownBy(() -> ClientSettings.of("a:70000")).hasMessageContaining("70000");
  }
}

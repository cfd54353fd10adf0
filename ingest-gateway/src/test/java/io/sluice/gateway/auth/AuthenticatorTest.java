package io.sluice.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.gateway.errors.ProblemException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is believed to be who. */
class AuthenticatorTest {

  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final String SECRET = "sluice_loader";
  private static final String ENDED = "sluice_ended";
  private static final String GATEWAY = "sluice_gateway";

  @TempDir Path folder;
  private Authenticator authenticator = Authenticator.open();

  @BeforeEach
  void open() throws Exception {
    Grants grants = Grants.parse(List.of("demo:read"));
    Token good = new Token("loader", Secrets.hash(SECRET), grants, Optional.of(NOW.plusSeconds(1)));
    Token ended = new Token("old", Secrets.hash(ENDED), grants, Optional.of(NOW));
    Path file = Files.writeString(folder.resolve("tokens"), good.line() + "\n" + ended.line());
    Map<String, String> gateways = Map.of("gateway-1", Secrets.hash(GATEWAY));
    authenticator = at(file, gateways, NOW);
  }

  private static Authenticator at(Path file, Map<String, String> gateways, Instant now) {
    return new Authenticator(
        TokenFile.open(file),
        id -> Optional.ofNullable(gateways.get(id)),
        Clock.fixed(now, ZoneOffset.UTC));
  }

  private static String basic(String name, String secret) {
    byte[] bytes = (name + ":" + secret).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  @Test
  void aSecretTellsWhoCalls() throws Exception {
    Principal loader = authenticator.authenticate("Bearer " + SECRET);
    assertThat(loader.name()).isEqualTo("loader");
    assertThat(loader.gateway()).isFalse();
    assertThat(loader.may(Access.READ, "demo")).isTrue();
    assertThat(loader.may(Access.WRITE, "demo")).isFalse();
    assertThat(loader.sees("other")).isFalse();
    assertThat(authenticator.authenticate("bearer  " + SECRET)).isEqualTo(loader);
    assertThat(authenticator.authenticate(basic("loader", SECRET))).isEqualTo(loader);
    assertThat(authenticator.exchange(basic("loader", SECRET))).isEqualTo(SECRET);
  }

  @Test
  void othersAreRefused() {
    for (String header :
        new String[] {
          null,
          "",
          "Bearer",
          "Bearer ",
          "Bearer sluice_other",
          "Bearer " + Secrets.hash(SECRET),
          "Bearer " + ENDED,
          "Bearer " + GATEWAY,
          SECRET,
          "Digest " + SECRET,
          "Basic %%",
          basic("other", SECRET),
          basic("loader", "sluice_other")
        }) {
      assertThatThrownBy(() -> authenticator.authenticate(header))
          .as("%s", header)
          .isInstanceOf(ProblemException.class)
          .hasMessageNotContaining(SECRET)
          .extracting(e -> ((ProblemException) e).problem().httpStatus())
          .isEqualTo(401);
    }
    assertThatThrownBy(() -> authenticator.authenticate("Bearer " + ENDED))
        .hasMessageContaining("'old' expired at " + NOW);
  }

  @Test
  void nobodyPassesForAGateway() throws Exception {
    assertThat(authenticator.gateway("gateway-1", "Bearer " + GATEWAY).gateway()).isTrue();
    for (String header : new String[] {null, "Bearer " + SECRET, "Bearer sluice_x"}) {
      assertThatThrownBy(() -> authenticator.gateway("gateway-1", header))
          .isInstanceOf(ProblemException.class)
          .extracting(e -> ((ProblemException) e).problem().httpStatus())
          .isEqualTo(401);
    }
    assertThatThrownBy(() -> authenticator.gateway("gateway-2", "Bearer " + GATEWAY))
        .hasMessageContaining("isn't known here");
  }

  @Test
  void withoutAFileAllAreLetIn() throws Exception {
    assertThat(Authenticator.open().authenticate(null)).isEqualTo(Principal.ANYONE);
    assertThat(Authenticator.open().exchange(null)).isEmpty();
  }

  @Test
  void adminMayAllAndScopesDontMix() {
    Grants grants = Grants.parse(List.of("a:admin", "b:write", "*:read"));
    assertThat(grants.allows(Access.WRITE, "a")).isTrue();
    assertThat(grants.allows(Access.READ, "b")).as("by *").isTrue();
    assertThat(grants.allows(Access.WRITE, "b")).isTrue();
    assertThat(grants.allows(Access.ADMIN, "b")).isFalse();
    assertThat(grants.allows(Access.WRITE, "c")).isFalse();
    assertThat(grants.allowsEverywhere(Access.DESCRIBE)).isTrue();
    assertThat(grants.allowsEverywhere(Access.ADMIN)).isFalse();
    assertThat(Grants.parse(List.of("b:write")).allows(Access.READ, "b")).isFalse();
  }
}

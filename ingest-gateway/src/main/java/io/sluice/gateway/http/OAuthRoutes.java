package io.sluice.gateway.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.sluice.gateway.auth.Authenticator;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gives engines a token that have a name and a secret: {@code POST /iceberg/v1/oauth/tokens}, as
 * Iceberg's REST clients do with their property {@code credential}. The token is the secret itself,
 * so that it ends when that does, and there is nothing to refresh.
 */
final class OAuthRoutes {

  private static final int MOST_BODY_BYTES = 16 << 10;
  // Anybody may send these. They have bytes of their own, so that nobody else goes without.
  private static final long MOST_BODIES_BYTES = 4 << 20;
  private static final String EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";

  private final Authenticator authenticator;
  private final ByteBudget budget = new ByteBudget(MOST_BODIES_BYTES);

  OAuthRoutes(Authenticator authenticator) {
    this.authenticator = authenticator;
  }

  void tokens(Call call) {
    ByteBudget.Share share = budget.share();
    HttpServerRequest request = call.request();
    @Nullable String header = request.getHeader("Authorization");
    RequestBody.read(request, MOST_BODY_BYTES, share)
        .onComplete(
            body -> {
              share.close();
              answer(call, header, new String(body, StandardCharsets.UTF_8));
            },
            failure -> {
              share.close();
              refuse(call, Problem.of(failure));
            });
  }

  private void answer(Call call, @Nullable String header, String form) {
    try {
      String token = authenticator.exchange(authorization(header, form));
      ObjectNode granted = JsonNodeFactory.instance.objectNode();
      granted
          .put("access_token", token.isEmpty() ? "none-needed" : token)
          .put("issued_token_type", "urn:ietf:params:oauth:token-type:access_token")
          .put("token_type", "bearer");
      Answers.json(call.response(), 200, granted);
    } catch (ProblemException e) {
      refuse(call, e.problem());
    }
  }

  private static @Nullable String authorization(@Nullable String header, String form)
      throws ProblemException {
    Map<String, List<String>> fields;
    try {
      fields = new QueryStringDecoder(form, false).parameters();
    } catch (IllegalArgumentException e) {
      throw new ProblemException(Problem.invalid("the body is no form: " + e.getMessage()));
    }
    String grant = first(fields, "grant_type");
    String secret = first(fields, "client_secret");
    if (grant.equals(EXCHANGE)) {
      return "Bearer " + first(fields, "subject_token");
    }
    if (!grant.equals("client_credentials")) {
      throw new ProblemException(
          Problem.invalid("grant_type must be client_credentials, got '" + grant + "'"));
    }
    if (secret.isEmpty()) {
      return header;
    }
    String name = first(fields, "client_id");
    return name.isEmpty()
        ? "Bearer " + secret
        : "Basic "
            + Base64.getEncoder()
                .encodeToString((name + ":" + secret).getBytes(StandardCharsets.UTF_8));
  }

  private static String first(Map<String, List<String>> fields, String name) {
    return fields.getOrDefault(name, List.of("")).get(0);
  }

  /** As OAuth has it, which Iceberg's clients read. */
  private static void refuse(Call call, Problem problem) {
    boolean unknown = problem.httpStatus() == 401;
    ObjectNode error = JsonNodeFactory.instance.objectNode();
    error
        .put("error", unknown ? "invalid_client" : "invalid_request")
        .put("error_description", problem.message());
    Answers.json(call.response(), unknown ? 401 : problem.httpStatus(), error);
  }
}

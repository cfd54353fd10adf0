package io.sluice.compactor.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceMetadata;

/**
 * The one call of AWS Secrets Manager that the function makes. The SDK's own client of it would be
 * a fiftieth of the zip, and more to load before the first row is read.
 */
final class SecretReader implements FunctionSecrets.Source {

  private static final String SERVICE = "secretsmanager";
  private static final int ATTEMPTS = 3;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofSeconds(10);
  private static final int MESSAGE_CHARS = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI endpoint;
  private final String region;
  private final Supplier<AwsCredentialsProvider> credentials;

  /**
   * @param credentials asked for at each call, so that none are looked for by who needs no secret
   */
  SecretReader(URI endpoint, String region, Supplier<AwsCredentialsProvider> credentials) {
    this.endpoint = endpoint;
    this.region = region;
    this.credentials = credentials;
  }

  /**
   * Returns where Secrets Manager is: what {@code AWS_ENDPOINT_URL_SECRETS_MANAGER} or {@code
   * AWS_ENDPOINT_URL} says, else the region's own.
   */
  static URI endpoint(Map<String, String> variables, String region) {
    String given =
        variables.getOrDefault(
            "AWS_ENDPOINT_URL_SECRETS_MANAGER", variables.getOrDefault("AWS_ENDPOINT_URL", ""));
    if (!given.isEmpty()) {
      return URI.create(given);
    }
    return URI.create("https://" + ServiceMetadata.of(SERVICE).endpointFor(Region.of(region)));
  }

  @Override
  public String value(String id) throws IOException {
    try (SdkHttpClient client =
        UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(READ).build()) {
      for (int attempt = 1; ; attempt++) {
        try {
          return value(client, id);
        } catch (PassingException e) {
          if (attempt == ATTEMPTS) {
            throw e;
          }
        }
      }
    } catch (SdkClientException e) {
      throw refused(id, "no credentials of AWS: " + e.getMessage());
    }
  }

  private String value(SdkHttpClient client, String id) throws IOException {
    ContentStreamProvider body =
        ContentStreamProvider.fromUtf8String(
            JSON.writeValueAsString(JSON.createObjectNode().put("SecretId", id)));
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(endpoint)
            .putHeader("Content-Type", "application/x-amz-json-1.1")
            .putHeader("X-Amz-Target", SERVICE + ".GetSecretValue")
            .build();
    SignedRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(credentials.get().resolveCredentials())
                        .request(request)
                        .payload(body)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region));
    HttpExecuteResponse answer;
    String text;
    try {
      answer =
          client
              .prepareRequest(
                  HttpExecuteRequest.builder()
                      .request(signed.request())
                      .contentStreamProvider(signed.payload().orElse(body))
                      .build())
              .call();
      text = textOf(answer);
    } catch (IOException e) {
      throw new PassingException(
          "the secret " + id + " can't be read: no answer of " + endpoint, e);
    }
    return answered(id, answer.httpResponse().statusCode(), text);
  }

  /** Returns the value in an answer; the message of a refusal has none. */
  private static String answered(String id, int status, String text) throws IOException {
    if (status >= 500 || status == 429) {
      throw new PassingException("the secret " + id + " can't be read: HTTP " + status, null);
    }
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      // Its message would have a part of the value.
      throw refused(id, "HTTP " + status + " without JSON");
    }
    if (status != 200) {
      String why = json.path("__type").asText() + " " + json.path("message").asText();
      throw refused(id, why.substring(0, Math.min(MESSAGE_CHARS, why.length())));
    }
    String value = json.path("SecretString").asText();
    if (value.isBlank()) {
      throw refused(id, "it has no text");
    }
    return value;
  }

  private static IOException refused(String id, String why) {
    return new IOException(
        "the secret "
            + id
            + " can't be read: "
            + why
            + ". Put a value, and let the function's role read it");
  }

  private static String textOf(HttpExecuteResponse answer) throws IOException {
    InputStream body = answer.responseBody().orElse(null);
    if (body == null) {
      return "";
    }
    try (body) {
      return new String(body.readAllBytes(), UTF_8);
    }
  }

  /** What the next attempt may not meet again. */
  private static final class PassingException extends IOException {

    private static final long serialVersionUID = 1L;

    PassingException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}

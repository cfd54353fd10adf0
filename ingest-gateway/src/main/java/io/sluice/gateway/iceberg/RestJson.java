package io.sluice.gateway.iceberg;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import java.io.IOException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.UnprocessableEntityException;
import org.apache.iceberg.rest.RESTRequest;
import org.apache.iceberg.rest.RESTResponse;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.apache.iceberg.rest.responses.ErrorResponseParser;

/** Iceberg's REST messages as JSON, written and read as Iceberg's own client does. */
final class RestJson {

  private static final ObjectMapper MAPPER = mapper();

  static String write(RESTResponse response) {
    try {
      return MAPPER.writeValueAsString(response);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an Iceberg response could not be written as JSON", e);
    }
  }

  /**
   * Reads a call's body, and checks what it must have.
   *
   * @throws BadRequestException if it isn't such a request
   */
  static <T extends RESTRequest> T read(RestCall call, Class<T> type) {
    try {
      JsonNode json = MAPPER.readTree(call.body());
      if (!json.isObject()) {
        throw new IllegalArgumentException("it is no JSON object");
      }
      T request = MAPPER.treeToValue(json, type);
      request.validate();
      return request;
    } catch (UnprocessableEntityException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Whatever a parser stumbles over, the body is what is wrong.
      throw new BadRequestException(
          e, "The body is not a %s: %s", type.getSimpleName(), e.getMessage());
    }
  }

  /** Returns an error in Iceberg's form; {@code type} is the exception's name that clients know. */
  static Reply error(int status, String type, String message) {
    ErrorResponse error =
        ErrorResponse.builder().responseCode(status).withType(type).withMessage(message).build();
    return new Reply(status, ErrorResponseParser.toJson(error));
  }

  private static ObjectMapper mapper() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
    mapper.setPropertyNamingStrategy(new PropertyNamingStrategies.KebabCaseStrategy());
    mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
    RESTSerializers.registerAll(mapper);
    return mapper;
  }

  private RestJson() {}
}

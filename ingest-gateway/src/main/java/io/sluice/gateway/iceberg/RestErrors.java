package io.sluice.gateway.iceberg;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.ServiceFailureException;
import org.apache.iceberg.exceptions.ServiceUnavailableException;
import org.apache.iceberg.exceptions.UnprocessableEntityException;
import org.apache.iceberg.exceptions.ValidationException;

/**
 * Failures as Iceberg's clients understand them. They send a call again by themselves that was
 * answered with 503, and delete the files of a commit that was answered with 4xx: so 503 and 4xx
 * say that nothing was done, and what isn't known is 500.
 */
final class RestErrors {

  private static final int MOST_MESSAGE_CHARACTERS = 1_000;

  private static final Map<Class<? extends RuntimeException>, Integer> STATUSES = statuses();

  private static Map<Class<? extends RuntimeException>, Integer> statuses() {
    Map<Class<? extends RuntimeException>, Integer> statuses = new LinkedHashMap<>();
    statuses.put(BadRequestException.class, 400);
    statuses.put(ForbiddenException.class, 403);
    statuses.put(NoSuchNamespaceException.class, 404);
    statuses.put(NoSuchTableException.class, 404);
    statuses.put(NotFoundException.class, 404);
    statuses.put(UnsupportedOperationException.class, 406);
    statuses.put(AlreadyExistsException.class, 409);
    statuses.put(CommitFailedException.class, 409);
    statuses.put(NamespaceNotEmptyException.class, 409);
    statuses.put(UnprocessableEntityException.class, 422);
    statuses.put(CommitStateUnknownException.class, 500);
    statuses.put(ServiceFailureException.class, 500);
    statuses.put(ServiceUnavailableException.class, 503);
    // Not before what extends them.
    statuses.put(ValidationException.class, 400);
    statuses.put(IllegalArgumentException.class, 400);
    return statuses;
  }

  /**
   * Returns the answer to a call that failed.
   *
   * @param reads whether the call changes nothing, so that it can be sent again whatever failed
   */
  static Reply of(RuntimeException e, boolean reads) {
    for (Map.Entry<Class<? extends RuntimeException>, Integer> entry : STATUSES.entrySet()) {
      if (entry.getKey().isInstance(e)) {
        return RestJson.error(entry.getValue(), entry.getKey().getSimpleName(), message(e));
      }
    }
    boolean ours =
        e instanceof NullPointerException
            || e instanceof IllegalStateException
            || e instanceof ClassCastException
            || e instanceof IndexOutOfBoundsException;
    if (reads && !ours) {
      return RestJson.error(
          503,
          ServiceUnavailableException.class.getSimpleName(),
          "the lake's catalog could not be read; try again: " + message(e));
    }
    return RestJson.error(500, "InternalServerError", e.getClass().getName() + ": " + message(e));
  }

  private static String message(RuntimeException e) {
    String message = String.valueOf(e.getMessage());
    return message.length() <= MOST_MESSAGE_CHARACTERS
        ? message
        : message.substring(0, MOST_MESSAGE_CHARACTERS) + "...";
  }

  private RestErrors() {}
}

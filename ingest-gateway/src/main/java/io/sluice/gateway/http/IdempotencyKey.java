package io.sluice.gateway.http;

import io.sluice.log.frame.WriterSequence;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Makes an Idempotency-Key into the name of a batch, so that a request sent again doubles nothing.
 */
final class IdempotencyKey {

  private static final int MOST_CHARACTERS = 200;

  /**
   * Returns the batch's name: a writer of its own for each key, and the sequence 0.
   *
   * @param tableId keys of different tables are different
   * @param principal keys of different principals are different; empty while there are none
   * @throws IllegalArgumentException if the key isn't 1 to 200 characters
   */
  static WriterSequence writer(UUID tableId, String principal, String key) {
    if (key.isEmpty() || key.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "Idempotency-Key must have 1 to " + MOST_CHARACTERS + " characters, got " + key.length());
    }
    MessageDigest digest = sha256();
    digest.update(
        ByteBuffer.allocate(16)
            .putLong(tableId.getMostSignificantBits())
            .putLong(tableId.getLeastSignificantBits())
            .flip());
    // Lengths first, so that no two pairs of principal and key run together to the same bytes.
    byte[] name = principal.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(4).putInt(name.length).flip());
    digest.update(name);
    digest.update(key.getBytes(StandardCharsets.UTF_8));
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new WriterSequence(new UUID(hash.getLong(), hash.getLong()), 0);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each JRE has SHA-256", e);
    }
  }

  private IdempotencyKey() {}
}

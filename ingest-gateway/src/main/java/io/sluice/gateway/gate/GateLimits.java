package io.sluice.gateway.gate;

/**
 * How much one batch may become at the gate, whatever it claims.
 *
 * @param maxRows most rows of a batch, at least 1
 * @param maxBytes most bytes that a batch may have once it is inflated and decoded, at least 1,024
 */
public record GateLimits(int maxRows, long maxBytes) {

  /** Four times the largest message: text that a dictionary or a codec made small. */
  public static final GateLimits DEFAULT = new GateLimits(1 << 24, 64L << 20);

  public GateLimits {
    if (maxRows < 1 || maxBytes < 1024) {
      throw new IllegalArgumentException("maxRows " + maxRows + ", maxBytes " + maxBytes);
    }
  }
}

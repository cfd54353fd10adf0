package io.sluice.log.bookie.rack;

/**
 * Over how many racks the copies of an entry are spread. A rack is whatever fails as a whole: a
 * cabinet, a power supply, an availability zone.
 *
 * @param rack the rack that a bookie is in, of letters, digits, {@code .}, {@code _} and {@code -};
 *     empty if it isn't known
 * @param minRacks racks that the copies of an entry are in at least, 1 to 16, or as many as there
 *     are copies if these are fewer; the same for gateways and autorecovery. 1: whichever bookies
 *     there are
 */
public record PlacementSettings(String rack, int minRacks) {

  /** Racks don't matter, as on one computer. */
  public static final PlacementSettings DEFAULT = new PlacementSettings("", 1);

  private static final int MOST_RACKS = 16;

  public PlacementSettings {
    if (!rack.matches("([A-Za-z0-9][A-Za-z0-9._-]{0,63})?")) {
      throw new IllegalArgumentException(
          "rack must be of letters, digits, '.', '_' and '-', 64 at most: '" + rack + "'");
    }
    if (minRacks < 1 || minRacks > MOST_RACKS) {
      throw new IllegalArgumentException("minRacks must be 1 to " + MOST_RACKS + ": " + minRacks);
    }
  }

  /** Returns in how many racks that many copies of an entry are at least. */
  public int racksOf(int copies) {
    return Math.min(minRacks, copies);
  }
}

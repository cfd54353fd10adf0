package io.sluice.bench.peers;

/**
 * One way to use one system.
 *
 * @param label its name in tables and charts
 * @param competitor the system
 * @param variant the system's name of that way; may be empty
 */
record Contestant(String label, Competitor competitor, String variant) {}

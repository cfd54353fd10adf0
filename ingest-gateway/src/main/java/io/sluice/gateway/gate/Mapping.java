package io.sluice.gateway.gate;

import org.jspecify.annotations.Nullable;

/**
 * Which field of a stream becomes which of the table's, and how: of columns, or of the fields of a
 * struct.
 *
 * @param targets for each incoming field its place among the table's
 * @param casts for each incoming field its cast, or null if it is ignored
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Mapping(int[] targets, @Nullable Cast[] casts) {}

/** JSON rows: NDJSON and JSON arrays into Arrow, and Arrow into JSON. */
@NullMarked
package io.sluice.gateway.json;

import org.jspecify.annotations.NullMarked;

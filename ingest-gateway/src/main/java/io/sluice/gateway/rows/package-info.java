/**
 * Rows on their way from text to Arrow: typed column writers, and errors that name row and column.
 */
@NullMarked
package io.sluice.gateway.rows;

import org.jspecify.annotations.NullMarked;

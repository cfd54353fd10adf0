/** CSV rows into Arrow. */
@NullMarked
package io.sluice.gateway.csv;

import org.jspecify.annotations.NullMarked;

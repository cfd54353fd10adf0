/** What the gateway measures, for Prometheus. */
@NullMarked
package io.sluice.gateway.metrics;

import org.jspecify.annotations.NullMarked;

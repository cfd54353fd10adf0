/** What gateways of several versions understand of what each other writes. */
@NullMarked
package io.sluice.catalog.level;

import org.jspecify.annotations.NullMarked;

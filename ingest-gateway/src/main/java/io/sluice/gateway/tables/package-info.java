/** Tables and what can be asked of them. */
@NullMarked
package io.sluice.gateway.tables;

import org.jspecify.annotations.NullMarked;

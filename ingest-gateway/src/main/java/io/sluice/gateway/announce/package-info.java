/** Announces tables with sealed segments to the compactor's function, through SQS. */
@org.jspecify.annotations.NullMarked
package io.sluice.gateway.announce;

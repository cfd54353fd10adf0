/** What to compact next, and what to commit together: decisions without I/O. */
@org.jspecify.annotations.NullMarked
package io.sluice.compactor.plan;

/** Results to the lake: one snapshot that carries its own truth. */
@org.jspecify.annotations.NullMarked
package io.sluice.compactor.commit;

/** What keeps the lake's tables small and readable: bounded files, manifests and metadata. */
@org.jspecify.annotations.NullMarked
package io.sluice.compactor.maintain;

@org.jspecify.annotations.NullMarked
package io.sluice.testing.lake;

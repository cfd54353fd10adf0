/** The rules of style that a machine can check, run over every Java file of the repository. */
@org.jspecify.annotations.NullMarked
package io.sluice.testing.tidy;

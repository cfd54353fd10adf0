/** Tests of where tests find AWS. */
@org.jspecify.annotations.NullMarked
package io.sluice.testing.aws;

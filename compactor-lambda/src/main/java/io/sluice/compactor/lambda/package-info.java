/** The compactor as an AWS Lambda function. */
@org.jspecify.annotations.NullMarked
package io.sluice.compactor.lambda;

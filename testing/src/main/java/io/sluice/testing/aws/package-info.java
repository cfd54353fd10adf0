/** Where tests find S3 and SQS: those of AWS, or a stand-in's. */
@org.jspecify.annotations.NullMarked
package io.sluice.testing.aws;

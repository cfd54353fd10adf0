package io.sluice.client;

import org.apache.arrow.vector.compression.CompressionCodec;

/** Has Arrow find the codecs that it inflates rows with. */
final class ArrowCodecs {

  /**
   * Arrow looks for codecs once, with the class loader of the thread that needs one first. In an
   * application that loads this client apart, as Flink does with a job's jars, it may not see them:
   * so the search is made with the loader of the client.
   *
   * @return what Arrow found
   */
  static CompressionCodec.Factory find() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ArrowCodecs.class.getClassLoader());
    try {
      return CompressionCodec.Factory.INSTANCE;
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private ArrowCodecs() {}
}

package io.sluice.gateway.http;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.github.luben.zstd.ZstdInputStream;
import io.sluice.gateway.errors.Problem;
import io.sluice.gateway.errors.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Takes the Content-Encoding off a body, within bounds. */
final class ContentCoding {

  private static final int FIRST_BYTES = 64 * 1024;
  // A frame may ask for a window that it never fills; 8 MiB is what zstd's own levels up to 19 use.
  private static final int MOST_WINDOW_LOG = 23;

  /**
   * Returns the body as its Content-Type describes it. Takes time: call it on a worker thread.
   *
   * @param coding the Content-Encoding, or empty
   * @param mostBytes the most bytes that the inflated body may have
   * @param share takes the inflated bytes
   * @throws ProblemException 400, 413, 415 or 429
   */
  static byte[] remove(String coding, byte[] body, long mostBytes, ByteBudget.Share share)
      throws ProblemException {
    String name = coding.strip().toLowerCase(Locale.ROOT);
    switch (name) {
      case "", "identity" -> {
        return body;
      }
      case "gzip", "x-gzip", "zstd" -> {
        return inflate(name, body, mostBytes, share);
      }
      default ->
          throw new ProblemException(
              Problems.unsupportedMediaType(
                  "Content-Encoding '" + coding + "' is not supported: use gzip, zstd or none"));
    }
  }

  private static byte[] inflate(String name, byte[] body, long mostBytes, ByteBudget.Share share)
      throws ProblemException {
    try (InputStream in = open(name, body)) {
      byte[] inflated =
          new byte[(int) Math.min(Math.max(FIRST_BYTES, 4L * body.length), mostBytes)];
      take(inflated.length, share);
      int length = 0;
      while (true) {
        int count = in.read(inflated, length, inflated.length - length);
        if (count < 0) {
          return length == inflated.length ? inflated : Arrays.copyOf(inflated, length);
        }
        length += count;
        if (length < inflated.length) {
          continue;
        }
        if (length == mostBytes) {
          if (in.read() < 0) {
            return inflated;
          }
          throw new ProblemException(
              Problem.tooLarge(
                  "the body is over "
                      + mostBytes
                      + " bytes once inflated: split the rows over several requests"));
        }
        int larger = (int) Math.min(2L * inflated.length, mostBytes);
        take(larger - inflated.length, share);
        inflated = Arrays.copyOf(inflated, larger);
      }
    } catch (IOException e) {
      throw new ProblemException(
          Problem.invalid("the body is not valid " + name + ", or ends early: " + e.getMessage()));
    }
  }

  private static InputStream open(String name, byte[] body) throws IOException {
    InputStream in = new ByteArrayInputStream(body);
    if (!name.equals("zstd")) {
      // Java's own takes whatever it can't read after the first member for the end.
      return GzipCompressorInputStream.builder()
          .setInputStream(in)
          .setDecompressConcatenated(true)
          .setBufferSize(16 * 1024)
          .get();
    }
    requireFrames(body);
    ZstdInputStream zstd = new ZstdInputStream(in);
    zstd.setLongMax(MOST_WINDOW_LOG);
    return zstd;
  }

  /** Refuses a body that isn't whole frames: the stream takes one that is cut off for the end. */
  private static void requireFrames(byte[] body) throws IOException {
    int at = 0;
    while (at < body.length) {
      try {
        at += (int) Zstd.findFrameCompressedSize(body, at);
      } catch (ZstdException e) {
        throw new IOException("no whole frame from byte " + at + " on: " + e.getMessage(), e);
      }
    }
  }

  private static void take(long bytes, ByteBudget.Share share) throws ProblemException {
    if (!share.take(bytes)) {
      throw new ProblemException(Problems.bodiesAtLimit());
    }
  }

  private ContentCoding() {}
}

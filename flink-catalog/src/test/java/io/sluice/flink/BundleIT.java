package io.sluice.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;

/**
 * The jar that users put into their Flink: it must disturb nothing there, and work without help.
 */
@Timeout(60)
class BundleIT {

  /** Ours, what is renamed to ours, and the two libraries whose native code goes by their names. */
  private static final Pattern OURS =
      Pattern.compile("(io/sluice|com/github/luben/zstd|org/xerial/snappy)/.*");

  /** The name says for which line of Flink the jar is. */
  private static final Pattern NAME = Pattern.compile("sluice-flink-[12]\\.[0-9x]+-[0-9].*\\.jar");

  private static final String SHADED = "io.sluice.shaded.";

  @Test
  void everyClassHasANameOfOurs() throws IOException {
    assertThat(entries())
        .filteredOn(name -> name.endsWith(".class"))
        .allMatch(OURS.asMatchPredicate());
  }

  @Test
  void itOffersFlinkAndTheJdkNothingButOurs() throws IOException {
    assertThat(entries())
        .filteredOn(name -> name.startsWith("META-INF/services/"))
        .allMatch(
            name ->
                name.startsWith("META-INF/services/" + SHADED)
                    || name.equals("META-INF/services/org.apache.flink.table.factories.Factory"));
  }

  @Test
  void theRenamedArrowFindsItsMemory() throws Exception {
    try (URLClassLoader loader = alone()) {
      Class<?> type = loader.loadClass(SHADED + "org.apache.arrow.memory.RootAllocator");
      try (AutoCloseable allocator =
          (AutoCloseable) type.getConstructor(long.class).newInstance(1024L)) {
        Object buffer = type.getMethod("buffer", long.class).invoke(allocator, 8L);
        assertThat(buffer).isInstanceOf(AutoCloseable.class);
        ((AutoCloseable) buffer).close();
      }
    }
  }

  /** Without them no row of a table with log.compression could be read. */
  @Test
  void theRenamedArrowFindsItsCodecs() throws Exception {
    String compression = SHADED + "org.apache.arrow.vector.compression.";
    try (URLClassLoader loader = alone()) {
      Method find = loader.loadClass("io.sluice.client.ArrowCodecs").getDeclaredMethod("find");
      find.setAccessible(true);
      Object codecs = find.invoke(null);
      Class<?> type = loader.loadClass(compression + "CompressionUtil$CodecType");
      Method create =
          loader.loadClass(compression + "CompressionCodec$Factory").getMethod("createCodec", type);
      Map<String, String> expected =
          Map.of(
              "LZ4_FRAME",
              "io.sluice.client.Lz4Codec",
              "ZSTD",
              SHADED + "org.apache.arrow.compression.ZstdCompressionCodec");
      for (Map.Entry<String, String> each : expected.entrySet()) {
        Object name = type.getMethod("valueOf", String.class).invoke(null, each.getKey());
        assertThat(create.invoke(codecs, name).getClass().getName()).isEqualTo(each.getValue());
      }
    }
  }

  @Test
  void theRenamedGrpcFindsItsTransport() throws Exception {
    try (URLClassLoader loader = alone()) {
      Class<?> type = loader.loadClass(SHADED + "io.grpc.ManagedChannelBuilder");
      Object builder =
          type.getMethod("forAddress", String.class, int.class).invoke(null, "127.0.0.1", 1);
      Object channel = type.getMethod("build").invoke(builder);
      Class<?> channelType = loader.loadClass(SHADED + "io.grpc.ManagedChannel");
      channelType.getMethod("shutdownNow").invoke(channel);
      assertThat(channelType.getMethod("isShutdown").invoke(channel)).isEqualTo(true);
    }
  }

  @Test
  void theRenamedHadoopReadsItsConfiguration() throws Exception {
    try (URLClassLoader loader = alone()) {
      Class<?> type = loader.loadClass(SHADED + "org.apache.hadoop.conf.Configuration");
      Object configuration = type.getConstructor().newInstance();
      Object value =
          type.getMethod("get", String.class, String.class).invoke(configuration, "absent", "then");
      assertThat(value).isEqualTo("then");
    }
  }

  private static List<String> entries() throws IOException {
    try (JarFile jar = new JarFile(bundle().toFile())) {
      return jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
    }
  }

  /** Returns a loader that sees the bundle, the JDK and SLF4J, which Flink has. */
  private static URLClassLoader alone() throws IOException {
    URL logging = Logger.class.getProtectionDomain().getCodeSource().getLocation();
    URI bundle = bundle().toUri();
    return new URLClassLoader(
        new URL[] {bundle.toURL(), logging}, ClassLoader.getPlatformClassLoader());
  }

  private static Path bundle() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of(System.getProperty("basedir", "."), "target"))) {
      return jars.filter(jar -> NAME.matcher(jar.getFileName().toString()).matches())
          .findFirst()
          .orElseThrow();
    }
  }
}

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Makes the function's zip: {@code java FunctionZip.java JARS RESOURCES ZIP}, of which JARS is a
 * folder of jars and RESOURCES one of files for the zip's root.
 *
 * <p>Each jar is written anew without compression, and the zip compresses it as a whole: classes of
 * one jar are alike, so that this takes little more than half of what jars in a zip usually take,
 * and the function has less to do when it loads them. Libraries of other systems than Lambda's are
 * left out. The same input makes the same bytes, whatever the number of processors.
 */
final class FunctionZip {

  /** Native libraries by system; Lambda runs Linux on x86_64 and on aarch64. */
  private static final Pattern NATIVE = Pattern.compile(".*\\.(so|dll|dylib|jnilib|a)");

  private static final Pattern LAMBDAS =
      Pattern.compile(
          "linux/(amd64|aarch64)/.*|org/xerial/snappy/native/Linux/(x86_64|aarch64)/.*"
              + "|META-INF/native/.*|jni/.*|lib/.*");

  /** Names jars that aren't in the zip, which the class loader takes for an error. */
  private static final String INDEX = "META-INF/INDEX.LIST";

  private static final FileTime TIME = FileTime.fromMillis(315_619_200_000L);

  public static void main(String[] args) throws IOException {
    Path zip = Path.of(args[2]).toAbsolutePath();
    Files.deleteIfExists(zip);
    Map<String, String> options = Map.of("create", "true", "enablePosixFileAttributes", "true");
    try (FileSystem target = FileSystems.newFileSystem(URI.create("jar:" + zip.toUri()), options)) {
      Path resources = Path.of(args[1]);
      for (Path file : files(resources)) {
        String name = resources.relativize(file).toString().replace('\\', '/');
        if (!name.endsWith(".java")) {
          put(target.getPath(name), Files.readAllBytes(file));
        }
      }
      putJars(target, files(Path.of(args[0])));
      try (Stream<Path> all = Files.walk(target.getPath("/"))) {
        for (Path folder : all.filter(Files::isDirectory).skip(1).toList()) {
          setTimes(folder);
        }
      }
    }
  }

  /**
   * Compresses jars on all processors. The zip has them in the order in which they were first named
   * there, whichever was ready first.
   */
  private static void putJars(FileSystem target, List<Path> jars) throws IOException {
    for (Path jar : jars) {
      put(target.getPath("lib", jar.getFileName().toString()), new byte[0]);
    }
    try {
      jars.parallelStream()
          .forEach(
              jar -> {
                try {
                  put(target.getPath("lib", jar.getFileName().toString()), stored(jar));
                } catch (IOException e) {
                  throw new UncheckedIOException(jar.toString(), e);
                }
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void put(Path path, byte[] bytes) throws IOException {
    if (path.getParent() != null) {
      Files.createDirectories(path.getParent());
    }
    Files.write(path, bytes);
    setTimes(path);
    boolean starts = path.toString().endsWith("bootstrap");
    Files.setPosixFilePermissions(
        path, PosixFilePermissions.fromString(starts ? "rwxr-xr-x" : "rw-r--r--"));
  }

  /** Sets all times that the zip says of a file: those of its writing differ each time. */
  private static void setTimes(Path path) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class).setTimes(TIME, TIME, TIME);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static byte[] stored(Path jar) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipFile in = new ZipFile(jar.toFile());
        ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.setMethod(ZipOutputStream.STORED);
      for (ZipEntry entry : Collections.list(in.entries())) {
        String name = entry.getName();
        boolean foreign = NATIVE.matcher(name).matches() && !LAMBDAS.matcher(name).matches();
        if (!entry.isDirectory() && !foreign && !name.equals(INDEX)) {
          try (InputStream content = in.getInputStream(entry)) {
            store(out, name, content.readAllBytes());
          }
        }
      }
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream out, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setLastModifiedTime(TIME);
    CRC32 crc = new CRC32();
    crc.update(bytes);
    entry.setSize(bytes.length);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }

  private FunctionZip() {}
}

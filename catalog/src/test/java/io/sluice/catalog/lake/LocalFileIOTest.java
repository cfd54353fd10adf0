package io.sluice.catalog.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.IOUtil;
import org.apache.iceberg.io.OutputFile;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalFileIOTest {

  @TempDir Path folder;
  private final LocalFileIO io = new LocalFileIO();

  @Test
  void whatWasWrittenIsReadInAllSpellingsOfItsLocation() throws IOException {
    write(io.newOutputFile("file://" + folder + "/a b/c.txt"), "hello");
    for (String prefix : List.of("file://", "file:", "")) {
      assertThat(read(prefix + folder + "/a b/c.txt")).isEqualTo("hello");
    }
  }

  @Test
  void aFileIsThereOnlyOnceItIsClosed() throws IOException {
    String location = location("x");
    try (PositionOutputStream out = io.newOutputFile(location).create()) {
      out.write(bytes("half"));
      out.flush();
      assertThat(io.newInputFile(location).exists()).isFalse();
      assertThat(out.getPos()).isEqualTo(4);
    }
    assertThat(read(location)).isEqualTo("half");
    assertThat(io.listPrefix(location(""))).hasSize(1);
  }

  @Test
  void aFileThatIsThereIsNotCreatedAgainButMayBeOverwritten() throws IOException {
    String location = location("x");
    write(io.newOutputFile(location), "one");
    assertThatThrownBy(() -> io.newOutputFile(location).create())
        .isInstanceOf(AlreadyExistsException.class);
    try (PositionOutputStream out = io.newOutputFile(location).createOrOverwrite()) {
      out.write(bytes("two"));
    }
    assertThat(read(location)).isEqualTo("two");
  }

  @Test
  void oneOfSeveralThatCreateTheSameFileWins() throws Exception {
    String location = location("contended");
    int writers = 4;
    CyclicBarrier opened = new CyclicBarrier(writers);
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    List<Future<Boolean>> results = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      String text = "writer " + i;
      results.add(threads.submit(() -> wins(location, text, opened)));
    }
    int wins = 0;
    for (Future<Boolean> result : results) {
      wins += result.get(30, TimeUnit.SECONDS) ? 1 : 0;
    }
    threads.shutdownNow();
    assertThat(wins).isEqualTo(1);
    assertThat(io.listPrefix(location(""))).hasSize(1);
  }

  @Test
  void aLargeFileIsReadWholeAndInPieces() throws IOException {
    byte[] bytes = new byte[300_000];
    new Random(7).nextBytes(bytes);
    OutputFile file = io.newOutputFile(location("large"));
    try (PositionOutputStream out = file.create()) {
      out.write(bytes, 0, 100);
      out.write(bytes[100]);
      out.write(bytes, 101, bytes.length - 101);
    }
    assertThat(file.toInputFile().getLength()).isEqualTo(bytes.length);
    try (SeekableInputStream in = file.toInputFile().newStream()) {
      assertThat(in.readAllBytes()).isEqualTo(bytes);
      in.seek(200_000);
      assertThat(in.read()).isEqualTo(bytes[200_000] & 0xFF);
      assertThat(in.getPos()).isEqualTo(200_001);
      byte[] tail = new byte[1_000];
      assertThat(IOUtil.readRemaining(in, tail, 0, tail.length)).isEqualTo(tail.length);
      assertThat(tail).isEqualTo(Arrays.copyOfRange(bytes, 200_001, 201_001));
      in.seek(bytes.length);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void aMissingFileIsNotFoundAndDeletingItDoesNoHarm() {
    assertThatThrownBy(() -> io.newInputFile(location("none")).newStream())
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> io.newInputFile(location("none")).getLength())
        .isInstanceOf(NotFoundException.class);
    io.deleteFile(location("none"));
  }

  @Test
  void filesBelowAPrefixAreListedAndDeleted() throws IOException {
    for (String name : List.of("t/a", "t/b/c", "t2/d", "u")) {
      write(io.newOutputFile(location(name)), name);
    }
    assertThat(names(location("t/"))).containsExactlyInAnyOrder(location("t/a"), location("t/b/c"));
    assertThat(io.listPrefix(location("t2")).iterator().next().size()).isEqualTo(4);
    io.deletePrefix(location("t/"));
    assertThat(names(location(""))).containsExactlyInAnyOrder(location("t2/d"), location("u"));
    assertThat(io.listPrefix(location("none/at/all"))).isEmpty();
  }

  @Test
  void otherLocationsAreRefused() {
    assertThatThrownBy(() -> io.newInputFile("s3://bucket/key"))
        .hasMessage("not a local file: 's3://bucket/key'; LocalFileIO takes file:/ locations");
  }

  private boolean wins(String location, String text, CyclicBarrier opened) throws Exception {
    PositionOutputStream out = io.newOutputFile(location).create();
    out.write(bytes(text));
    opened.await(30, TimeUnit.SECONDS);
    try {
      out.close();
      return true;
    } catch (AlreadyExistsException e) {
      return false;
    }
  }

  private List<String> names(String prefix) {
    List<String> names = new ArrayList<>();
    for (FileInfo file : io.listPrefix(prefix)) {
      names.add(file.location());
    }
    return names;
  }

  private String location(String name) {
    return "file://" + folder + "/" + name;
  }

  private String read(String location) {
    try (SeekableInputStream in = io.newInputFile(location).newStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(OutputFile file, String text) throws IOException {
    try (PositionOutputStream out = file.create()) {
      out.write(bytes(text));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

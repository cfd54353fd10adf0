package io.sluice.flink.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class GoneFileTest {

  @Test
  void eachFileSystemSaysItInItsOwnWay() {
    assertThat(GoneFile.isCauseOf(new NotFoundException("no"))).isTrue();
    assertThat(GoneFile.isCauseOf(new UncheckedIOException(new FileNotFoundException("a"))))
        .isTrue();
    assertThat(GoneFile.isCauseOf(new IOException(new NoSuchFileException("a")))).isTrue();
    assertThat(GoneFile.isCauseOf(NoSuchKeyException.builder().message("no").build())).isTrue();
  }

  @Test
  void otherFailuresAreNotIt() {
    assertThat(GoneFile.isCauseOf(new IOException("reset by peer"))).isFalse();
    assertThat(GoneFile.isCauseOf(S3Exception.builder().message("slow down").build())).isFalse();
  }

  @Test
  void whoReadsHearsWhichFileAndWhatToDo() {
    IOException told = GoneFile.failure("a.t", "s3://b/f.parquet", new NotFoundException("404"));
    assertThat(told)
        .hasMessageContaining("lake file s3://b/f.parquet of table a.t is gone")
        .hasMessageContaining("Run the query again")
        .hasMessageEndingWith(": 404");
    assertThat(GoneFile.failure("a.t", null, new NotFoundException("404")))
        .hasMessageStartingWith("lake file of table a.t is gone");
  }
}

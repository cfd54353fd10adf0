package io.sluice.compactor.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.helpers.BasicMDCAdapter;

class JsonLogsTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final BasicMDCAdapter context = new BasicMDCAdapter();

  @Test
  void aMessageIsOneLineWithItsContext() throws Exception {
    context.put("requestId", "r-1");

    logger("io.sluice.x").info("rows of {}: {}\nand \"{}\"", "db.t", 7, "more");

    assertThat(text()).hasLineCount(1);
    JsonNode line = line();
    assertThat(line.get("level").asText()).isEqualTo("INFO");
    assertThat(line.get("logger").asText()).isEqualTo("io.sluice.x");
    assertThat(line.get("message").asText()).isEqualTo("rows of db.t: 7\nand \"more\"");
    assertThat(line.get("requestId").asText()).isEqualTo("r-1");
    assertThat(line.get("timestamp").asText()).endsWith("Z");
    assertThat(line.has("error")).isFalse();
  }

  @Test
  void aFailureHasItsStackInTheSameLine() throws Exception {
    logger("io.sluice.x").warn("{} failed", "db.t", new IOException("no way"));

    assertThat(text()).hasLineCount(1);
    JsonNode error = line().get("error");
    assertThat(line().get("message").asText()).isEqualTo("db.t failed");
    assertThat(error.get("type").asText()).isEqualTo("java.io.IOException");
    assertThat(error.get("message").asText()).isEqualTo("no way");
    assertThat(error.get("stack").asText()).contains("JsonLogsTest");
  }

  @Test
  void librariesAreHeardFromWarningsOn() {
    logger("org.apache.zookeeper.ClientCnxn").info("chatter");
    logger("io.sluice.x").debug("detail");
    assertThat(text()).isEmpty();

    logger("org.apache.zookeeper.ClientCnxn").warn("trouble");
    assertThat(text()).contains("trouble");
  }

  private Logger logger(String name) {
    return new JsonLogger(name, context, new PrintStream(out, true, StandardCharsets.UTF_8));
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private JsonNode line() throws IOException {
    return new ObjectMapper().readTree(text());
  }
}

package io.sluice.compactor.maintain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.catalog.compaction.CompactionError;
import io.sluice.catalog.compaction.MaintenanceNote;
import io.sluice.compactor.work.WorkClaim;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MaintenanceRecordTest {

  private static final UUID INCARNATION = UUID.fromString("00000000-0000-0000-0000-000000000001");
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final MaintenanceRecord NONE = MaintenanceRecord.none(INCARNATION);

  @Test
  void aClaimStandsUntilItEnds() {
    WorkClaim a = new WorkClaim("a", NOW.plusSeconds(60));
    WorkClaim b = new WorkClaim("b", NOW.plusSeconds(120));
    MaintenanceRecord claimed = NONE.claim(a, NOW);

    assertThat(claimed.claim()).isEqualTo(a);
    assertThat(claimed.claim(b, NOW.plusSeconds(59))).isEqualTo(claimed);
    assertThat(claimed.claim(b, NOW.plusSeconds(60)).claim()).isEqualTo(b);
  }

  @Test
  void whoHasLostItsClaimLeavesTheOthersAlone() {
    WorkClaim b = new WorkClaim("b", NOW.plusSeconds(120));

    MaintenanceRecord done = NONE.claim(b, NOW).done("a", Set.of(Step.EXPIRE), NOW);

    assertThat(done.claim()).isEqualTo(b);
    assertThat(done.doneAt(Step.EXPIRE)).isEqualTo(NOW);
    assertThat(done.done("b", Set.of(), NOW).claim()).isNull();
  }

  @Test
  void aStepIsDueAfterItsTime() {
    MaintenanceSettings settings = MaintenanceSettings.DEFAULT;
    MaintenanceRecord done = NONE.done("a", Set.of(Step.EXPIRE), NOW);
    Duration every = settings.expireEvery();

    assertThat(Step.due(NONE, NOW, settings)).contains(Step.EXPIRE);
    assertThat(Step.due(done, NOW.plus(every).minusMillis(1), settings))
        .doesNotContain(Step.EXPIRE);
    assertThat(Step.due(done, NOW.plus(every), settings)).contains(Step.EXPIRE);
    assertThat(Step.due(done, NOW.minusSeconds(1), settings)).contains(Step.EXPIRE);
  }

  @Test
  void bytesAreThoseOfTheFirstVersion() {
    MaintenanceRecord record =
        new MaintenanceRecord(
            INCARNATION,
            new WorkClaim("a", Instant.ofEpochMilli(5)),
            Map.of(Step.EXPIRE, Instant.ofEpochMilli(7)),
            MaintenanceNote.NONE);
    String json =
        "{\"v\":1,\"incarnation\":\"00000000-0000-0000-0000-000000000001\","
            + "\"claim\":{\"worker\":\"a\",\"until\":5},\"doneAt\":{\"expire\":7}}";

    assertThat(new String(MaintenanceCodec.encode(record), StandardCharsets.UTF_8)).isEqualTo(json);
    assertThat(MaintenanceCodec.decode("/p", json.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(record);
    String later = json.replace("\"v\":1", "\"v\":2");
    assertThatThrownBy(() -> MaintenanceCodec.decode("/p", later.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maintenance record /p");
  }

  @Test
  void theNoteIsKept() {
    MaintenanceNote note =
        MaintenanceNote.NONE
            .did("rewrite", NOW, NOW.plusSeconds(600), 8, 4_096)
            .withError("expire", new CompactionError(NOW, "a", "the store is away"));
    MaintenanceRecord record = NONE.withNote(note).done("a", Set.of(Step.EXPIRE), NOW);

    byte[] bytes = MaintenanceCodec.encode(record);
    assertThat(MaintenanceCodec.decode("/p", bytes)).isEqualTo(record);
    assertThat(new String(bytes, StandardCharsets.UTF_8))
        .contains(
            "\"note\":{\"steps\":{\"rewrite\":{\"at\":\"2026-01-01T00:00:00Z\","
                + "\"dueAt\":\"2026-01-01T00:10:00Z\",\"count\":8,\"bytes\":4096,"
                + "\"totalCount\":8,\"totalBytes\":4096}},\"errors\":{\"expire\":{\"v\":1,"
                + "\"at\":\"2026-01-01T00:00:00Z\",\"worker\":\"a\","
                + "\"message\":\"the store is away\"}}}");
  }

  @Test
  void aNoteThatIsWrittenTwiceCountsOnce() {
    MaintenanceNote once = MaintenanceNote.NONE.did("rewrite", NOW, NOW, 8, 4_096);

    assertThat(once.did("rewrite", NOW, NOW, 8, 4_096)).isEqualTo(once);
    MaintenanceNote twice = once.did("rewrite", NOW.plusSeconds(1), NOW, 1, 1);
    assertThat(twice.steps().values())
        .singleElement()
        .satisfies(step -> assertThat(step.totalCount()).isEqualTo(9));
  }

  @Test
  void stepsOfLaterVersionsAreSkipped() {
    String json =
        "{\"v\":1,\"incarnation\":\"" + INCARNATION + "\",\"doneAt\":{\"polish\":7},\"more\":1}";

    assertThat(MaintenanceCodec.decode("/p", json.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(NONE);
  }
}

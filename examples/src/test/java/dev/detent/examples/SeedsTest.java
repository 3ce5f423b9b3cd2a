// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.detent.sql.SqlStore;
import dev.detent.testkit.LocalPostgres;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SeedsTest {
  private static final String LIVED =
      """
      refused: 200
      Dead | 100 | 100 | 100 | 100 | 100 | 100
      """;

  @TempDir private Path folder;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void aHundredLivesAreLivedAtOnce() throws Exception {
    LivesMachine.run(folder, out);
    assertThat(output()).isEqualTo(LIVED);
  }

  @Test
  void aHundredLivesAreLivedAtOnceOnPostgres() throws Exception {
    try (var pool = new HikariDataSource()) {
      pool.setJdbcUrl(LocalPostgres.freshUrl());
      pool.setMaximumPoolSize(8);
      try (var store = SqlStore.postgres(pool).open()) {
        LivesMachine.run(store, "postgresql", pool, out);
      }
    }
    assertThat(output()).isEqualTo(LIVED);
  }

  @Test
  void eachCompletedPaymentHasOneReceipt() throws Exception {
    Receipts.run(folder, out);
    assertThat(output())
        .isEqualTo(
            """
            > 1 and 2 are completed, 3 has failed
            1 | paid 1
            2 | paid 2
            > nothing is new
            1 | paid 1
            2 | paid 2
            > 3 is completed after all
            1 | paid 1
            2 | paid 2
            3 | paid 3
            """);
  }

  @Test
  void anArticleBeginsAnywhereAndComesBack() {
    ArticleMachine.run(folder, out);
    assertThat(output())
        .isEqualTo(
            """
            > news Published {"text":"It rains."}
            Published {"text":"It rains."}, version 1
            > essay Withdrawn {"why":"dull"}
            article/essay: no such instance; create it with one of: Draft, Published
            > essay Draft {"text":"On"}
            Draft {"text":"On"}, version 1
            > essay Draft {"text":"On rain"}
            Draft {"text":"On rain"}, version 2
            > essay Withdrawn {"why":"dull"}
            article/essay: command Withdrawn is not allowed in state Draft; \
            allowed: Draft, Published
            > essay Published {"text":"On rain"}
            Published {"text":"On rain"}, version 3
            > essay Withdrawn {"why":"dull"}
            Withdrawn {"why":"dull"}, version 4
            > essay Draft {"text":"On snow"}
            Draft {"text":"On snow"}, version 5
            > essay history
            1. -> Draft
            2. Draft -> Draft
            3. Draft -> Published
            4. Published -> Withdrawn
            5. Withdrawn -> Draft
            """);
  }

  private String output() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.detent.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnTableTest {
  @TempDir private Path folder;

  @Test
  void aPaymentIsARowThatMovesWithItsOrder() throws Exception {
    var bytes = new ByteArrayOutputStream();
    OwnTableMachine.run(folder, new PrintStream(bytes, true, StandardCharsets.UTF_8));
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            """
            -- No index on "status": each move would write to it. Add one if you ask by it a lot.
            create table "payments" (
              "id" integer primary key autoincrement,
              "status" text not null,
              "created_at" text not null,
              "updated_at" text not null,
              "user_id" text,
              "amount" text,
              "error" text,
              "result" text
            );
            OTHER_STATE: own-payment/1: to enter Completed, expected state Pending, got Completed;\
             allowed there: nothing
            NOT_DECLARED: own-payment/1: machine own-payment declares no transition from Completed\
             to Pending; declare it, or choose another
            NO_SUCH_ROW: own-payment/99: no such instance; the database makes its id, so \
            create it with one of: create, in a transaction of yours
            INVALID: own-payment/new: validation positive of nothing → Created failed: the amount\
             is not above zero; the state is unchanged
            1 | Completed | user123 | 12.50 | no funds | success!
            1 | 1 | yes
            1. create -> Created
            2. submit -> Pending
            3. fail -> Failed
            4. retry -> Pending
            5. complete -> Completed
            """);
  }
}

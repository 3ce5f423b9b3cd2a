// SPDX-License-Identifier: Apache-2.0
package dev.detent.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.detent.codec.Json;
import dev.detent.engine.Detent;
import dev.detent.engine.Invocations;
import dev.detent.machine.Machine;
import dev.detent.machine.TableDefinition;
import dev.detent.sql.SqlStore;
import dev.detent.store.StepRow;
import dev.detent.testkit.WalkReport.Edge;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MachineTesterTest {
  @TempDir Path folder;

  @Test
  void makesEveryMoveOfAGoodMachine() {
    WalkReport report = MachineTester.of(new DoorMachine()).walk();
    assertThat(report.reached()).containsExactlyInAnyOrder("Closed", "Open", "Jammed", "Gone");
    assertThat(report.walked())
        .extracting(Edge::toString)
        .containsExactlyInAnyOrder(
            "Closed --push--> Open",
            "Closed --push--> Jammed",
            "Closed --remove--> Gone",
            "Open --push--> Open",
            "Open --close--> Closed",
            "Open --shut--> Closed",
            "Jammed --repair--> Closed");
    assertThat(report.refused())
        .extracting(Edge::toString)
        .contains("Closed --repair--> ", "Gone --push--> ", "Gone --remove--> ")
        .hasSize(11);
    assertThat(report.problems()).isEmpty();
    assertThatCode(report::requireSound).doesNotThrowAnyException();
  }

  @Test
  void saysWhichMovesItDidNotMakeAndWhy() {
    WalkReport report = MachineTester.of(new DoorMachine()).walk();
    assertThat(report.unwalked())
        .hasSize(3)
        .containsEntry(new Edge("Closed", "push", "Gone"), "all inputs led to Jammed, Open")
        .containsEntry(
            new Edge("Open", "rust", "Jammed"), "a shorter timeout of the state comes first");
    assertThatThrownBy(report::requireComplete)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not walked: Closed --push--> Gone: all inputs led to Jammed, Open");
    report
        .except("Closed", "push", "Gone")
        .except("Closed", "push", "Closed")
        .except("Open", "rust", "Jammed")
        .requireComplete();
    assertThatThrownBy(() -> report.except("Open", "close", "Closed"))
        .hasMessageContaining("expected a move that was not made, got one that was");
  }

  @Test
  void reportsStatesThatCantBeReached() {
    Machine machine =
        Machine.parse(
            null,
            Json.parse(
                """
                {"id":"island","initial":"a","states":{
                  "a":{"on":{"go":"b"}}, "b":{"type":"final"},
                  "c":{"on":{"leave":"d"}}, "d":{"type":"final"}}}
                """));
    WalkReport report = MachineTester.of(machine).walk().requireSound();
    assertThat(report.reached()).containsExactly("a", "b");
    assertThat(report.unreached())
        .containsEntry("c", "no transition leads to it")
        .containsEntry("d", "only states that were not reached lead to it");
    assertThat(report.unwalked())
        .containsEntry(new Edge("c", "leave", "d"), "state c was not reached");
    assertThatThrownBy(report::requireComplete).hasMessageContaining("not reached: c: no trans");
  }

  @Test
  void findsCodeThatGoesWhereItIsNotDeclaredTo() {
    WalkReport report = MachineTester.of(new LyingMachine()).walk();
    assertThat(report.problems())
        .containsExactly("Here --go--> : its code went to Here, which is not declared");
    assertThat(report.unreached()).containsEntry("There", "nothing that was tried led to it");
    assertThat(report.unwalked().get(new Edge("Here", "go", "There")))
        .startsWith("HANDLER_FAILED: ")
        .contains("expected one of There, got Here");
    assertThatThrownBy(report::requireSound).hasMessageContaining("problem: Here --go--> ");
  }

  @Test
  void walksHandlersWithTheWorldThatTheyWaitFor() {
    WalkReport report = MachineTester.of(new ParcelMachine()).outside(this::sign).walk();
    report.requireComplete();
    assertThat(report.walked())
        .extracting(Edge::toString)
        .containsExactlyInAnyOrder(
            "(nothing) --pack--> Packed",
            "Packed --post--> Sent",
            "Sent --deliver--> Delivered",
            "Sent --lose--> Lost",
            "Lost --find--> Packed");
    assertThat(report.refused()).contains(new Edge(null, "post", ""), new Edge("Lost", "pack", ""));
  }

  private void sign(Detent detent, String invocation) {
    detent.invocation(invocation).journal().stream()
        .filter(step -> step.kind() == StepRow.Kind.AWAKEABLE)
        .filter(step -> step.status() == StepRow.Status.PENDING)
        .forEach(step -> detent.awakeable(Invocations.place(step)).resolve("Ann"));
  }

  @Test
  void saysWhatAHandlerWaitsForInVain() {
    WalkReport report =
        MachineTester.of(new ParcelMachine()).patience(Duration.ofSeconds(4)).tries(1).walk();
    report.requireSound();
    assertThat(report.unwalked())
        .containsOnlyKeys(new Edge("Sent", "deliver", "Delivered"))
        .containsValue("its handler does not end, and waits for awakeable");
  }

  @Test
  void walksAMachineThatIsDefinedInCode() {
    Machine machine =
        Machine.define("tool", DoorMachine.Tool.class)
            .initial(DoorMachine.Tool.Saw.class)
            .to(DoorMachine.Tool.Axe.class)
            .build();
    WalkReport report = MachineTester.of(machine).walk().requireComplete();
    assertThat(report.refused())
        .containsExactlyInAnyOrder(
            new Edge(null, "Axe", ""),
            new Edge("Saw", "Saw", ""),
            new Edge("Axe", "Saw", ""),
            new Edge("Axe", "Axe", ""));
  }

  @Test
  void walksOnTheCallersDatabase() {
    var config = new HikariConfig();
    config.setJdbcUrl(LocalPostgres.freshUrl());
    config.setMaximumPoolSize(8);
    try (var source = new HikariDataSource(config)) {
      WalkReport report =
          MachineTester.of(new DoorMachine())
              .patience(Duration.ofSeconds(60))
              .walk(SqlStore.postgres(source).open());
      report.requireSound();
      assertThat(report.reached()).hasSize(4);
      assertThat(report.unwalked().get(new Edge("Open", "shut", "Closed")))
          .contains("walk on a store with a ManualClock");
    }
  }

  @Test
  void walksOverRowsOfTheUsersTable() {
    for (MachineTester tester :
        List.of(
            MachineTester.of(new TicketMachine()),
            MachineTester.of(new TicketMachine()).inTransactions())) {
      WalkReport report = tester.walk().requireComplete();
      assertThat(report.walked())
          .extracting(Edge::toString)
          .containsExactlyInAnyOrder(
              "(nothing) --order--> Ordered",
              "Ordered --pay--> Paid",
              "Ordered --lapse--> Void",
              "Paid --refund--> Ordered",
              "Paid --print--> Printed",
              "Printed --tear--> Void");
      assertThat(report.refused()).hasSize(20);
    }
  }

  @Test
  void walksOverRowsWhoseIdsTheDatabaseMakes() {
    Machine machine =
        Machine.define("tool", DoorMachine.Tool.class)
            .initial(DoorMachine.Tool.Saw.class)
            .to(DoorMachine.Tool.Axe.class)
            .table(TableDefinition.of("tools"))
            .build();
    WalkReport report = MachineTester.of(machine).inTransactions().walk().requireComplete();
    assertThat(report.walked())
        .containsExactly(new Edge(null, "Saw", "Saw"), new Edge("Saw", "Axe", "Axe"));
    assertThat(report.refused()).hasSize(4);
  }

  @Test
  void makesTheMovesInTransactionsOfTheCaller() {
    WalkReport joined = MachineTester.of(new DoorMachine()).inTransactions().walk();
    assertThat(joined).isEqualTo(MachineTester.of(new DoorMachine()).walk());
    MachineTester.of(new ParcelMachine())
        .outside(this::sign)
        .inTransactions()
        .walk()
        .requireComplete();
  }

  @Test
  void takesInputsFromTheCaller() {
    WalkReport weak =
        MachineTester.of(new DoorMachine())
            .generate(DoorMachine.Strength.class, random -> DoorMachine.Strength.WEAK)
            .walk();
    assertThat(weak.reached()).containsExactlyInAnyOrder("Closed", "Open", "Gone");
    WalkReport strong =
        MachineTester.of(new DoorMachine())
            .input("push", random -> java.util.Map.of("by", "Bo", "strength", "STRONG"))
            .walk();
    assertThat(strong.reached()).containsExactlyInAnyOrder("Closed", "Jammed", "Gone");
  }

  @Test
  void walksTheSameWayEachTime() {
    ManualClock clock = ManualClock.at(java.time.Instant.EPOCH);
    var store = SqlStore.sqlite(folder.resolve("a.db")).clock(clock).open();
    WalkReport first = MachineTester.of(new DoorMachine()).walk(store, clock);
    assertThat(first).isEqualTo(MachineTester.of(new DoorMachine()).walk());
    assertThat(List.copyOf(first.walked())).isNotEmpty();
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Holds the README to what compiles.
class ReadmeTest {
  private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.*?)```");

  private static final String IMPORTS =
      """
      package app;

      import app.ResourceMachine.Resource;
      import app.ResourceMachine.Resource.*;
      import dev.detent.annotation.*;
      import dev.detent.engine.*;
      import dev.detent.handler.*;
      import dev.detent.machine.Next;
      import dev.detent.sql.SqlStore;
      import java.nio.file.Path;
      import java.time.Duration;

      """;

  private static final String TABLE_IMPORTS =
      """
      package app;

      import app.PaymentMachine.Payment.*;
      import dev.detent.annotation.*;
      import dev.detent.store.Store;
      import dev.detent.table.*;
      import java.math.BigDecimal;
      import java.sql.*;

      """;

  @TempDir Path folder;

  @Test
  void compilesTheMachineAndItsUse() throws IOException {
    String use = "class Use { void use() { " + snippet("try (Detent detent") + " } }";
    String cloud = "interface Cloud { String provision(String name); } ";
    String handler =
        "class Handler { Cloud cloud; " + cloud + snippet("@Transition Next<Up") + " }";
    String payments =
        "class Paying { void use(Store store, Connection connection) throws SQLException { "
            + snippet("TableClient<PaymentMachine>")
            + " } }";
    String consumer =
        "class Reading { void use(Detent detent) { " + snippet("detent.consumer(") + " } }";
    assertThat(
            Compiling.errors(
                folder,
                Map.of(
                    "app.ResourceMachine",
                    IMPORTS + snippet("@StateMachine(\"resource\")"),
                    "app.Use",
                    IMPORTS + use,
                    "app.Handler",
                    IMPORTS + handler,
                    "app.PaymentMachine",
                    TABLE_IMPORTS + snippet("@StateMachine(\"payment\")"),
                    "app.Paying",
                    TABLE_IMPORTS + payments,
                    "app.Reading",
                    IMPORTS + consumer)))
        .isEmpty();
  }

  /// Returns the piece of Java in README that begins so.
  private static String snippet(String start) throws IOException {
    return JAVA.matcher(Files.readString(Path.of("../README.md")))
        .results()
        .map(found -> found.group(1))
        .filter(text -> text.startsWith(start))
        .findFirst()
        .orElseThrow(() -> new AssertionError("README: expected Java that begins: " + start));
  }
}

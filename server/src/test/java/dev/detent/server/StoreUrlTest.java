// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreUrlTest {
  @Test
  void readsTheFileOfSqlite() {
    assertThat(StoreUrl.parse("sqlite:some folder/a%b.db"))
        .isEqualTo(new StoreUrl.Sqlite(Path.of("some folder/a%b.db")))
        .hasToString("sqlite:some folder/a%b.db");
  }

  @Test
  void readsEveryPartOfAPostgresqlUrl() {
    StoreUrl url =
        StoreUrl.parse("postgresql://a%40b:p%2Fw+%3A@db.example:5433/my%20db?sslmode=require");

    assertThat(url)
        .isEqualTo(
            new StoreUrl.Server(
                StoreUrl.Product.POSTGRESQL,
                new Address("db.example", 5433),
                "my db",
                new StoreUrl.Login("a@b", "p/w+:"),
                Map.of("sslmode", "require")));
  }

  @Test
  void takesThePortThatTheServerUsuallyHas() {
    assertThat(StoreUrl.parse("postgresql://[::1]/db"))
        .isEqualTo(
            new StoreUrl.Server(
                StoreUrl.Product.POSTGRESQL,
                new Address("::1", 5432),
                "db",
                new StoreUrl.Login("", ""),
                Map.of()));
    assertThat(StoreUrl.parse("mariadb://me:secret@host/db"))
        .isEqualTo(
            new StoreUrl.Server(
                StoreUrl.Product.MARIADB,
                new Address("host", 3306),
                "db",
                new StoreUrl.Login("me", "secret"),
                Map.of()))
        .hasToString("mariadb://me@host:3306/db");
  }

  @Test
  void takesUserAndPasswordFromParametersToo() {
    assertThat(StoreUrl.parse("postgresql://host/db?user=me&password=secret"))
        .isEqualTo(
            new StoreUrl.Server(
                StoreUrl.Product.POSTGRESQL,
                new Address("host", 5432),
                "db",
                new StoreUrl.Login("me", "secret"),
                Map.of()))
        .hasToString("postgresql://me@host:5432/db");
  }

  @Test
  void showsNoPassword() {
    assertThat(StoreUrl.parse("postgresql://me:secret@host:1/db?password=secret").toString())
        .isEqualTo("postgresql://me@host:1/db");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "detent.db",
        "sqlite:",
        "sqlite::memory:",
        "mysql://secret@host/db",
        "mariadb://me:secret@host:3306/",
        "postgres://me:secret@host/db",
        "postgresql:me:secret@host/db",
        "postgresql://me:secret@host",
        "postgresql://me:secret@host/",
        "postgresql://me:se/cret@host/db",
        "postgresql://me:secret@host:port/db",
        "postgresql://me:secret@host:0/db",
        "postgresql://me:secret@host:99999/db",
        "postgresql://me:secret@:1/db",
        "postgresql://me:secret%zz@host/db",
        "postgresql://me:secret@host/db?secret",
      })
  void refusesWhatItCanNotReadWithoutShowingSecrets(String text) {
    assertThatThrownBy(() -> StoreUrl.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected ")
        .hasMessageContaining(", got ")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("cret@");
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.detent.DetentException;
import dev.detent.ErrorCode;
import dev.detent.engine.Orders.Cart;
import dev.detent.engine.Orders.Means;
import dev.detent.engine.Orders.Order.Open;
import dev.detent.engine.Orders.Order.Paid;
import dev.detent.engine.Resources.Resource;
import dev.detent.sql.SqlStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandMethodTest {
  @TempDir Path folder;
  private Detent detent;
  private MachineClient<Orders> orders;

  @BeforeEach
  void start() {
    detent =
        Detent.builder(SqlStore.sqlite(folder.resolve("detent.db")).open())
            .machine(new Orders())
            .machine(new Resources())
            .start();
    orders = detent.machine(Orders.class);
  }

  @AfterEach
  void stop() {
    detent.close();
  }

  @Test
  void createsByMethodsOfEveryShapeThatReturnTheState() {
    var cart = new Cart(List.of("tea"));
    Open begun = orders.call("a", Orders::begin).output();
    Open begunAt = orders.call("b", Orders::beginAt).output();
    Open created = orders.call("c", Orders::create, cart).output();
    Open createdAt = orders.call("d", Orders::createAt, cart).output();
    assertThat(begun).isEqualTo(new Open(List.of(), Instant.EPOCH));
    assertThat(begunAt.since()).isAfter(Instant.EPOCH);
    assertThat(created).isEqualTo(new Open(List.of("tea"), Instant.EPOCH));
    assertThat(createdAt.items()).containsExactly("tea");
    assertThat(createdAt.since()).isAfter(Instant.EPOCH);
  }

  @Test
  void createsByMethodsOfEveryShapeThatAnswer() {
    var cart = new Cart(List.of("tea", "milk"));
    String welcome = orders.call("a", Orders::welcome).output();
    String welcomeKey = orders.call("b", Orders::welcomeKey).output();
    Integer size = orders.call("c", Orders::order, cart).output();
    String key = orders.call("d", Orders::orderKey, cart).output();
    assertThat(List.of(welcome, welcomeKey, size, key))
        .containsExactly("welcome", "welcome b", 2, "d");
  }

  @Test
  void movesByMethodsOfEveryShapeThatReturnTheState() {
    orders.call("a", Orders::begin);
    Open added = orders.call("a", Orders::add, "tea").output();
    Open addedAt = orders.call("a", Orders::addAt, "milk").output();
    Open emptied = orders.call("a", Orders::empty).output();
    Open emptiedAt = orders.call("a", Orders::emptyAt).output();
    Result<Paid> paid = orders.call("a", Orders::pay, 300);
    assertThat(added.items()).containsExactly("tea");
    assertThat(addedAt.items()).containsExactly("tea", "milk");
    assertThat(emptied.items()).isEmpty();
    assertThat(emptiedAt.since()).isAfterOrEqualTo(addedAt.since());
    assertThat(paid.output()).isEqualTo(new Paid(300));
    assertThat(paid.state()).isEqualTo("Paid");
    assertThat(paid.version()).isEqualTo(6);
  }

  @Test
  void movesByMethodsOfEveryShapeThatAnswer() {
    orders.call("a", Orders::create, new Cart(List.of("tea")));
    Integer count = orders.call("a", Orders::count).output();
    String name = orders.call("a", Orders::name).output();
    List<Integer> lengths = orders.call("a", Orders::lengths, "milk").output();
    String added = orders.call("a", Orders::addKey, "sugar").output();
    assertThat(count).isEqualTo(1);
    assertThat(name).isEqualTo("a");
    assertThat(lengths).containsExactly(3, 4);
    assertThat(added).isEqualTo("a sugar");
  }

  @Test
  void runsHandlersOfEveryShape() {
    var cart = new Cart(List.of("tea"));
    Open started = orders.call("a", Orders::start).output();
    Open loaded = orders.call("b", Orders::load, cart).output();
    String fetched = orders.call("c", Orders::fetch, cart).output();
    Open checked = orders.call("c", Orders::check).output();
    Open picked = orders.call("c", Orders::pick, "milk").output();
    String asked = orders.call("c", Orders::ask).output();
    Integer weight = orders.call("c", Orders::weigh, "milk").output();
    assertThat(started.items()).containsExactly("started");
    assertThat(loaded.items()).containsExactly("tea");
    assertThat(fetched).isEqualTo("fetched");
    assertThat(checked.items()).containsExactly("tea", "checked");
    assertThat(picked.items()).containsExactly("tea", "checked", "picked milk");
    assertThat(asked).isEqualTo("asked");
    assertThat(weight).isEqualTo(4);
  }

  @Test
  void writesAnInputAsWhatTheMethodDeclares() {
    orders.call("a", Orders::begin);
    Paid paid = orders.call("a", Orders::payBy, new Means.Card("4711", 250)).output();
    assertThat(paid).isEqualTo(new Paid(250));
  }

  @Test
  void takesOneMethodForSeveralStates() {
    MachineClient<Resources> resources = detent.machine(Resources.class);
    String up = resources.call("r", Resources::flip).output();
    Resource touched = resources.call("r", Resources::touch).output();
    String down = resources.call("r", Resources::flip).output();
    assertThat(up).isEqualTo("up r");
    assertThat(touched).isEqualTo(new Resource.Up("db:flip"));
    assertThat(down).isEqualTo("down r");
  }

  @Test
  void refusesALambdaAndAnotherObjectsMethod() {
    var orderly = new Orders();
    assertRefused(() -> orders.call("a", (Orders machine) -> machine.begin()));
    assertRefused(() -> run(orders, Other::begin));
    assertRefused(() -> run(orders, new Other(orderly)::begun));
  }

  @Test
  void refusesAMethodThatIsNoCommand() {
    assertThatThrownBy(() -> orders.call("a", Orders::hashCode))
        .isInstanceOfSatisfying(
            DetentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  private static void run(MachineClient<Orders> orders, CommandMethod.Move0<Orders, Open> command) {
    orders.call("a", command);
  }

  private static void assertRefused(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            DetentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessageContaining("expected a method reference such as");
  }

  /// Is no machine.
  record Other(Orders orders) {
    static Open begin(Orders orders) {
      return orders.begin();
    }

    Open begun(Orders other) {
      return orders.begin();
    }
  }

  @Test
  void compilesReferencesButNotToOneOfSeveralMethodsOfOneName() {
    assertThat(errors("String s = client.call(\"a\", Switch::say).output();")).isEmpty();
    assertThat(errors("client.call(\"a\", Switch::setUp);"))
        .anySatisfy(error -> assertThat(error).contains("reference to call is ambiguous"));
    assertThat(errors("String s = client.call(\"a\", \"setUp\").as(String.class);")).isEmpty();
  }

  @Test
  void doesNotCompileAnInputOfAnotherType() {
    assertThat(errors("client.call(\"a\", Switch::take, \"text\");")).isEmpty();
    assertThat(errors("client.call(\"a\", Switch::take, 5);")).isNotEmpty();
    assertThat(errors("client.call(\"a\", String::length);")).isNotEmpty();
  }

  private List<String> errors(String statement) {
    String user =
        """
        import dev.detent.engine.MachineClient;
        import dev.detent.machine.Next;

        class User {
          record Down() {}
          record Up() {}

          static final class Switch {
            Next<Up, String> setUp(Down from) { return Next.to(new Up()).reply("now"); }
            Next<Up, String> setUp(Up already) { return Next.stay(already).reply("already"); }
            Next<Up, String> say(Down from) { return Next.to(new Up()).reply("so"); }
            Up take(Down from, String input) { return new Up(); }
          }

          void use(MachineClient<Switch> client) {
            %s
          }
        }
        """;
    return Compiling.errors(folder, Map.of("User", user.formatted(statement)));
  }
}

// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.detent.ErrorCode;
import dev.detent.Key;
import dev.detent.codec.Json;
import dev.detent.machine.DocumentMachine;
import dev.detent.machine.Machine;
import dev.detent.sql.SqlStore;
import dev.detent.store.EventRow;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentMachineTest {
  private static final String MAP =
      "{\"initial\":\"bar\",\"map\":{\"bar\":[\"blee\",\"boo\"],\"boo\":[\"blee\"]}}";
  private static final String FORCED = "{\"state\":\"bar\",\"force\":true}";
  private static final Key KEY = new Key("redis", "mymachine");

  private Path file;
  private Engine engine;

  @BeforeEach
  void start(@TempDir Path folder) {
    file = folder.resolve("test.db");
    engine =
        Engine.builder(SqlStore.sqlite(file).open()).machine(DocumentMachine.machine()).start();
  }

  @AfterEach
  void stop() {
    engine.close();
  }

  @Test
  void keepsTheDocumentAndMovesAlongItsMap() {
    done("set", MAP);
    assertThat(found().state()).isEqualTo("bar");
    assertThat(done("mutate", "{\"state\":\"blee\",\"reason\":\"why\"}").state()).isEqualTo("blee");
    assertThat(found().value().json().text())
        .isEqualTo(
            "{\"initial\":\"bar\",\"map\":{\"bar\":[\"blee\",\"boo\"],\"boo\":[\"blee\"]},"
                + "\"current\":\"blee\",\"reason\":\"why\"}");
    assertThat(done("reset", "null").version()).isEqualTo(3);
    assertThat(found().state()).isEqualTo("bar");
  }

  @Test
  void refusesWhatNoEdgeLeadsToButForcesIntoStatesOfTheDocument() {
    done("set", MAP);
    assertThat(refused("mutate", "{\"state\":\"bar\"}"))
        .isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    assertThat(refused("mutate", "{\"state\":\"smurfy\",\"force\":true}"))
        .isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    assertThat(refused("mutate", "{\"state\":\"blee\",\"strict\":true}"))
        .isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    done("mutate", "{\"state\":\"boo\",\"strict\":true}");
    done("mutate", "{\"state\":\"bar\",\"force\":true}");
    done("mutate", "{\"state\":\"blee\",\"force\":true}");
    assertThat(history().stream().map(EventRow::forced).toList())
        .containsExactly(false, false, true, false);
  }

  @Test
  void readsWhatWasDeletedAsNotThereAndGoesOnWithItsVersion() {
    done("set", MAP);
    assertThat(done("delete", "null").version()).isEqualTo(2);
    assertThat(ask(new Request.Read(KEY)))
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            refused -> assertThat(refused.problem().code()).isEqualTo(ErrorCode.NOT_FOUND));
    assertThat(refused("delete", "null")).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(engine.instances().list("redis", null, null, 10)).isEmpty();
    assertThat(engine.instances().counts("redis")).isEmpty();
    assertThat(done("create", "null").version()).isEqualTo(3);
    assertThat(engine.instances().counts("redis")).isEqualTo(Map.of("", 1L));
    assertThat(history().stream().map(EventRow::from).toList()).containsExactly(null, "bar", null);
    assertThat(history().stream().map(EventRow::to).toList()).containsExactly("bar", "", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"map":{}}                                | /initial: expected a value, got none
          {"initial":1,"map":{}}                    | /initial: expected a string, got 1
          {"initial":"a"}                           | /map: expected a value, got none
          {"initial":"a","map":[]}          | /map: expected an object of lists of states, got []
          {"initial":"a","map":{"b/c":"d"}}         | /map/b~1c: expected a list of states, got "d"
          {"initial":"a","map":{"b":["d",2]}}       | /map/b/1: expected a string, got 2
          {"initial":"a","map":{},"x":1}    | /x: expected one of the members initial, map, …
          {"initial":"a","map":{},"current":null}   | /current: expected a string, got null
          {"initial":"a\\u0000","map":{}}   | /initial: expected at most 64 bytes of UTF-8 without …
          [1]                                       | document: expected an object, got [1]
          """)
  void saysWhatIsWrongInADocumentAndWhere(String document, String detail) {
    Reply reply = ask(call("set", document));
    assertThat(reply)
        .isInstanceOfSatisfying(
            Reply.Refused.class,
            refused -> {
              assertThat(refused.problem().code()).isEqualTo(ErrorCode.INVALID_INPUT);
              String begin = detail.replace("…", "");
              assertThat(refused.problem().detail()).startsWith(begin);
            });
  }

  @Test
  void keepsAPlainStringThatIsNoMachine() {
    done("put", "{\"string\":\"x\"}");
    assertThat(refused("mutate", "{\"state\":\"a\"}")).isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    assertThat(refused("set", MAP)).isEqualTo(ErrorCode.TRANSITION_NOT_ALLOWED);
    done("delete", "null");
    done("set", MAP);
  }

  @Test
  void showsAtAGlanceWhatWasReadAndNeverLessThanWasAnswered() throws Exception {
    done("set", MAP);
    var answered = new AtomicLong(1);
    var writer =
        new FutureTask<>(() -> {
          for (int i = 0; i < 200; i++) {
            done("mutate", i % 2 == 0 ? "{\"state\":\"boo\"}" : FORCED);
            answered.incrementAndGet();
          }
          return true;
        });
    Thread.ofPlatform().daemon().start(writer);
    int wrong = 0;
    while (!writer.isDone()) {
      long least = answered.get();
      Instance glance = engine.glance(KEY);
      wrong += glance != null && glance.version() < least ? 1 : 0;
      wrong += found().version() < least ? 1 : 0;
    }
    assertThat(writer.get()).isTrue();
    assertThat(wrong).isZero();
    Instance last = found();
    assertThat(last.version()).isEqualTo(201);
    assertThat(engine.glance(KEY)).isEqualTo(last);
    done("delete", "null");
    assertThat(engine.glance(KEY)).isNull();
  }

  @Test
  void showsNothingAtAGlanceOnceCallersMayWriteToo() {
    done("set", MAP);
    Instance before = found();
    assertThat(engine.glance(KEY)).isEqualTo(before);
    var scope = new Together.Scope(Set.of(KEY), false, Map.of());
    Request.Call move = call("mutate", "{\"state\":\"boo\"}");
    Reply moved = engine.together(scope, together -> together.ask(move));
    assertThat(moved).isInstanceOf(Reply.Done.class);
    assertThat(engine.glance(KEY)).isNull();
    assertThat(found().version()).isEqualTo(2);
    assertThat(engine.glance(KEY)).isNull();
  }

  @Test
  void isKnownToWhoeverOpensAStoreThatHasIt() {
    done("set", MAP);
    engine.close();
    engine = Engine.builder(SqlStore.sqlite(file).open()).start();
    assertThat(found().state()).isEqualTo("bar");
    assertThat(engine.machines().get("redis").kind()).isEqualTo(Machine.Kind.BUILT_IN);
  }

  private Reply.Done done(String command, String input) {
    return (Reply.Done) ask(call(command, input));
  }

  private ErrorCode refused(String command, String input) {
    return ((Reply.Refused) ask(call(command, input))).problem().code();
  }

  private Instance found() {
    return ((Reply.Found) ask(new Request.Read(KEY))).instance();
  }

  private List<EventRow> history() {
    return engine.events().history(KEY, 0, 100);
  }

  private static Request.Call call(String command, String input) {
    return new Request.Call(KEY, command, Json.parse(input), null, Precondition.NONE);
  }

  private Reply ask(Request request) {
    var reply = new CompletableFuture<Reply>();
    engine.submit(request, reply::complete);
    return reply.orTimeout(60, TimeUnit.SECONDS).join();
  }
}

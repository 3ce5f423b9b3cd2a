// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import dev.detent.Key;
import dev.detent.annotation.After;
import dev.detent.annotation.Initial;
import dev.detent.annotation.Query;
import dev.detent.annotation.StateMachine;
import dev.detent.annotation.Transition;
import dev.detent.machine.Next;

/// Is the machine of the design document, without effects.
@StateMachine("resource")
final class Resources {
  sealed interface Resource {
    record Down() implements Resource {}

    record Up(String url) implements Resource {}
  }

  @Initial
  Resource.Down down() {
    return new Resource.Down();
  }

  @Transition
  Next<Resource.Up, String> setUp(Resource.Down from, Key key) {
    return Next.to(new Resource.Up("db:" + key.key())).reply(key.key() + " is now UP");
  }

  @Transition
  Next<Resource.Up, String> setUp(Resource.Up already, Key key) {
    return Next.stay(already).reply(key.key() + " is already UP");
  }

  @Transition
  Resource.Down reset(Resource.Up from) {
    return new Resource.Down();
  }

  @Transition
  Next<Resource, String> flip(Resource now, Key key) {
    return switch (now) {
      case Resource.Down _ ->
          Next.<Resource>to(new Resource.Up("db:flip")).reply("up " + key.key());
      case Resource.Up _ -> Next.<Resource>to(new Resource.Down()).reply("down " + key.key());
    };
  }

  @Transition
  Resource touch(Resource now) {
    return now;
  }

  @Transition
  Resource.Down crash(Resource now) {
    throw new IllegalStateException("no luck");
  }

  @After("PT30M")
  Resource.Down expire(Resource.Up from) {
    return new Resource.Down();
  }

  @Query
  String status(Resource now) {
    return now.toString();
  }
}

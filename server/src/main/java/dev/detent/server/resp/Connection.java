// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.resp;

import dev.detent.engine.Engine;
import dev.detent.engine.Instance;
import dev.detent.engine.Request;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Carries one client's commands to their answers, which leave in the commands' order.
///
/// It reads on only while there is room: a bounded number of commands is under way, which shrinks
/// where answers are large, and none is begun while the client does not take what was written.
///
/// **Threads**: its event loop's.
final class Connection {
  private static final int COMMANDS_MAX = 1_024;
  private static final int COMMANDS_FIRST = 32;
  private static final int COMMAND_BYTES_MAX = 8 << 20;
  private static final int UNSENT_BYTES_MAX = 1 << 20;
  private static final int LARGE_ANSWER_BYTES = 16 << 10;
  private static final int ANSWERS_BYTES_MAX = 4 << 20;
  private static final int PIECE_BYTES = 64 << 10;

  private final Loop loop;
  private final NetSocket socket;
  private final Session session;
  private final RespParser parser = new RespParser();
  private final Out out = new Out();
  private final ArrayDeque<Slot> slots = new ArrayDeque<>();
  private @Nullable Slot held;
  private @Nullable Step heldStep;
  private @Nullable Runnable ending;
  private int commandsMax = COMMANDS_FIRST;
  private long commandBytes;
  private long unsent;
  private int asking;
  private long reserved;
  private boolean paused;
  private boolean touched;
  private boolean last;
  private boolean closed;
  private boolean proceeding;

  Connection(Loop loop, NetSocket socket) {
    this.loop = loop;
    this.socket = socket;
    this.session = new Session(loop.shared(), this, socket);
  }

  Loop loop() {
    return loop;
  }

  Session session() {
    return session;
  }

  boolean isOpen() {
    return !closed;
  }

  /// Begins to listen to the client.
  void open() {
    socket.closeHandler(v -> closed());
    socket.exceptionHandler(failure -> {});
    socket.handler(this::received);
  }

  private void received(Buffer piece) {
    if (last) {
      return;
    }
    parser.feed(piece);
    session.received();
    if (reserve(parser.memory())) {
      proceed();
    } else {
      end(Answer.error("server: expected room for a large command, got none; retry later"));
    }
  }

  private boolean reserve(long memory) {
    long more = memory - reserved;
    reserved = memory;
    return loop.reserve(more);
  }

  /// Marks it as having an answer, and tells whether it was not marked.
  boolean touch() {
    boolean first = !touched;
    touched = true;
    return first;
  }

  /// Writes the answers that are known, and begins what there is room for.
  void proceed() {
    touched = false;
    if (closed || proceeding) {
      return;
    }
    proceeding = true;
    try {
      do {
        write();
      } while (begin());
    } finally {
      proceeding = false;
    }
    send();
    if (last && slots.isEmpty()) {
      close();
    } else {
      listen();
    }
  }

  /// Begins what there is room for, and tells whether anything could be answered since.
  private boolean begin() {
    boolean begun = beginHeld();
    try {
      while (hasRoom()) {
        byte[][] parts = parser.next(session.stranger());
        if (parts == null) {
          break;
        }
        begin(parts);
        begun = true;
      }
    } catch (ProtocolException e) {
      String told = e.told();
      end(told == null ? null : new Answer.Failure(told));
      begun = true;
    }
    return begun && answered();
  }

  private boolean answered() {
    Slot first = slots.peek();
    return (first != null && first.answer != null && !isFull()) || canBeginHeld();
  }

  private boolean isFull() {
    return unsent > UNSENT_BYTES_MAX;
  }

  private boolean hasRoom() {
    return held == null
        && !last
        && slots.size() < commandsMax
        && commandBytes < COMMAND_BYTES_MAX
        && !isFull();
  }

  private void begin(byte[][] parts) {
    int bytes = 64;
    for (byte[] part : parts) {
      bytes += part.length + 16;
    }
    var slot = new Slot(bytes);
    slots.add(slot);
    commandBytes += bytes;
    Step step = loop.shared().dispatcher().dispatch(session, parts);
    slot.protocol = session.protocol();
    switch (step) {
      case Step.Now(Answer answer) -> slot.answer = answer;
      case Step.Ask ask -> ask(slot, ask);
      case Step.Look look -> look(slot, look);
      case Step.Inside inside -> hold(slot, inside.alone(loop.shared().engine()));
      case Step.Work _, Step.Phased _, Step.Later _ -> hold(slot, step);
    }
  }

  private void hold(Slot slot, Step step) {
    held = slot;
    heldStep = step;
  }

  private void look(Slot slot, Step.Look look) {
    Instance seen = asking > 0 ? null : loop.shared().engine().glance(look.key());
    if (seen == null) {
      ask(slot, look.ask());
    } else {
      slot.answer = look.answer(seen);
    }
  }

  /// Hears that something is answered that was asked.
  void settled() {
    asking--;
  }

  private void ask(Slot slot, Step.Ask ask) {
    asking++;
    List<Request.OfInstance> requests = ask.requests();
    var waiting = new Waiting(this, slot, ask);
    Engine engine = loop.shared().engine();
    for (int i = 0; i < requests.size(); i++) {
      int index = i;
      engine.submit(requests.get(i), reply -> waiting.take(index, reply));
    }
    if (requests.isEmpty()) {
      var _ = waiting.settle();
    }
  }

  private boolean canBeginHeld() {
    return heldStep != null && slots.peek() == held;
  }

  private boolean beginHeld() {
    Step step = heldStep;
    Slot slot = held;
    if (step == null || slot == null || slots.peek() != slot) {
      return false;
    }
    heldStep = null;
    switch (step) {
      case Step.Work work -> {
        return hire(slot, () -> taker(slot).accept(work.answer()));
      }
      case Step.Phased phased -> {
        return hire(slot, () -> conclude(slot, phased.begun()));
      }
      case Step.Later later -> ending = later.begin().apply(taker(slot));
      case Step.Now _, Step.Ask _, Step.Look _, Step.Inside _ ->
          throw new IllegalStateException("nothing to wait for: " + step);
    }
    return false;
  }

  /// Has something done that blocks, and returns whether the answer is known already.
  private boolean hire(Slot slot, Runnable work) {
    if (loop.shared().workers().run(work)) {
      return false;
    }
    held = null;
    slot.answer = new Answer.Failure("BUSY too many commands wait for the store; retry later");
    return true;
  }

  private Consumer<Answer> taker(Slot slot) {
    return answer -> loop.run(() -> release(slot, answer));
  }

  private void conclude(Slot slot, Supplier<Step.Heard> end) {
    var _ =
        loop.run(() -> {
          if (!closed) {
            Step.Heard heard = end.get();
            release(slot, heard.answer());
            if (!closed) {
              heard.after().run();
            }
          }
        });
  }

  private void release(Slot slot, Answer answer) {
    slot.answer = answer;
    if (held == slot) {
      held = null;
      ending = null;
    }
    proceed();
  }

  private void write() {
    while (!isFull()) {
      Slot first = slots.peek();
      Answer answer = first == null ? null : first.answer;
      if (first == null || answer == null) {
        return;
      }
      slots.remove();
      commandBytes -= first.bytes;
      int before = out.length();
      out.write(answer, first.protocol);
      if (answer instanceof Answer.Failure) {
        loop.shared().refused();
      }
      adjust(out.length() - before);
      if (out.length() > PIECE_BYTES) {
        send();
      }
    }
  }

  private void adjust(int answerBytes) {
    commandsMax =
        answerBytes > LARGE_ANSWER_BYTES
            ? Math.max(1, Math.min(commandsMax, ANSWERS_BYTES_MAX / answerBytes))
            : Math.min(COMMANDS_MAX, commandsMax + 1);
  }

  private void send() {
    int bytes = out.length();
    if (bytes == 0) {
      return;
    }
    unsent += bytes;
    socket.write(out.take()).onComplete(result -> sent(bytes));
  }

  private void sent(int bytes) {
    boolean wasFull = isFull();
    unsent -= bytes;
    if (wasFull && !isFull()) {
      proceed();
    }
  }

  private void listen() {
    boolean room = hasRoom();
    if (!room && !paused) {
      paused = true;
      socket.pause();
    } else if (room && paused) {
      paused = false;
      socket.resume();
    }
    reserve(parser.memory());
  }

  /// Tells the client what it did not ask for. One that does not take it is cut off.
  void push(Answer answer) {
    if (closed) {
      return;
    }
    if (unsent + out.length() > loop.shared().options().unsentBytesMax()) {
      cut();
      return;
    }
    out.write(answer, session.protocol());
    send();
  }

  /// Reads no more commands, and closes after the last answer.
  void finish() {
    last = true;
    Runnable end = ending;
    if (end != null) {
      end.run();
    }
    proceed();
  }

  /// Reads no more commands, from the one that is being dispatched on.
  void lastCommand() {
    last = true;
  }

  private void end(@Nullable Answer told) {
    last = true;
    if (told != null) {
      var slot = new Slot(0);
      slot.protocol = session.protocol();
      slot.answer = told;
      slots.add(slot);
      proceed();
    } else if (slots.isEmpty()) {
      close();
    }
  }

  /// Closes it at once: what is not sent yet is thrown away.
  private void cut() {
    var _ =
        ((NetSocketInternal) socket).channelHandlerContext().close(); // past its wait for writes
  }

  /// Closes it, whoever waits for an answer.
  void close() {
    var _ = socket.close();
  }

  private void closed() {
    if (!closed) {
      closed = true;
      loop.reserve(-reserved);
      loop.connections().remove(this);
      Runnable end = ending;
      if (end != null) {
        end.run();
      }
      session.closed();
    }
  }
}

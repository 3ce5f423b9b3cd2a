// SPDX-License-Identifier: Apache-2.0
/// Opens the engine to Redis clients: RESP2, RESP3 and inline commands.
///
/// Start with [RespDoor][dev.detent.server.resp.RespDoor]. A `Connection` reads commands with a
/// `RespParser` and hands them to the `Dispatcher`, whose `CommandTable` names them all; each
/// returns a `Step`, and answers leave in the order of their commands. Commands of different keys
/// are in the engine together; one that reads the store waits for all before it and holds up all
/// after it, so that a connection sees what it did. Nothing blocks an event loop. No rule about
/// machines is here: the engine decides, this package translates.
///
/// May import server.door and core.
@NullMarked
package dev.detent.server.resp;

import org.jspecify.annotations.NullMarked;

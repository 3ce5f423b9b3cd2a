// SPDX-License-Identifier: Apache-2.0
/// Opens the engine to HTTP/1.1 and HTTP/2.
///
/// Start with [HttpDoor][dev.detent.server.http.HttpDoor]; `Router` is where a request begins,
/// `Exchange` is what carries it to its answer. Nothing blocks an event loop: what reads the store
/// runs on `Workers` or on a virtual thread of its own. No rule about machines is here: the engine
/// decides, this package translates.
///
/// May import server.door and core.
@NullMarked
package dev.detent.server.http;

import org.jspecify.annotations.NullMarked;

// SPDX-License-Identifier: Apache-2.0
/// Carries requests and replies between the nodes of one store: JSON frames over TCP, one
/// connection per pair of nodes and direction, many requests at once on each.
///
/// Start at [dev.detent.peer.PeerServer], which answers, and [dev.detent.peer.PeerClient], which
/// asks.
///
/// It holds: every request ends in exactly one reply or one failure, and the failure says whether
/// the other node may have acted; no caller ever waits for the network; memory is bounded on both
/// sides; both sides have proven that they know the cluster's secret before a request is sent.
///
/// The wire, version 1, numbers in network order:
///
/// - client: `DTNP`, version (1 byte), nonce (32 bytes)
/// - server: `DTNP`, version; if it is the same: nonce (32 bytes), its proof (32 bytes)
/// - client: its proof (32 bytes); server: one byte 1
/// - then both: frames of length (4 bytes, of what follows), kind (1), number (8), deadline in
///   milliseconds (8, 0 unless it asks), one JSON value in UTF-8 or nothing
///
/// A proof is the HMAC-SHA256, keyed by the secret, of the side's name, the version and both
/// nonces. It keeps strangers and misdirected nodes out. It neither hides nor signs the frames: the
/// network between the nodes must be a trusted one.
///
/// May import the root package and codec. Not here: what the requests mean, who owns what, and
/// where a node is.
@NullMarked
package dev.detent.peer;

import org.jspecify.annotations.NullMarked;

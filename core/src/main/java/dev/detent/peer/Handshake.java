// SPDX-License-Identifier: Apache-2.0
package dev.detent.peer;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Lets two nodes prove to each other that they know the cluster's secret, without sending it.
///
/// Each proves it over a number that the other has just drawn, so that nothing overheard can be
/// used again; the proofs of the two sides differ, so that neither can be sent back as the other.
///
/// **Threads**: safe for any number of threads.
final class Handshake {
  static final byte VERSION = 1;

  private static final byte[] MAGIC = "DTNP".getBytes(StandardCharsets.US_ASCII);
  private static final int NONCE_BYTES = 32;
  private static final int PROOF_BYTES = 32;
  private static final int WELCOME = 1;
  private static final String ALGORITHM = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec secret;
  private final byte version;

  Handshake(byte[] secret, byte version) {
    if (secret.length == 0) {
      throw new IllegalArgumentException(
          "secret of the cluster: expected 1 byte or more, got none; give all nodes the same");
    }
    this.secret = new SecretKeySpec(secret, ALGORITHM);
    this.version = version;
  }

  /// Plays the part of the side that connected. When it returns, both sides are content.
  ///
  /// @throws StrangerException if the other side is not one of ours
  /// @throws IOException if the connection broke
  void asClient(Socket socket) throws IOException {
    var in = new DataInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    byte[] ours = nonce();
    out.write(greeting(ours));
    requireGreeting(in);
    byte[] theirs = bytes(in, NONCE_BYTES);
    requireProof(bytes(in, PROOF_BYTES), proof("server", ours, theirs));
    out.write(proof("client", ours, theirs));
    if (in.readByte() != WELCOME) {
      throw new StrangerException("welcome: expected " + WELCOME + ", got another byte");
    }
  }

  /// Plays the part of the side that was connected to.
  ///
  /// @throws StrangerException if the other side is not one of ours
  /// @throws IOException if the connection broke
  void asServer(Socket socket) throws IOException {
    var in = new DataInputStream(socket.getInputStream());
    OutputStream out = socket.getOutputStream();
    try {
      requireGreeting(in);
    } catch (StrangerException e) {
      out.write(greeting(new byte[0]));
      throw e;
    }
    byte[] theirs = bytes(in, NONCE_BYTES);
    byte[] ours = nonce();
    out.write(joined(greeting(ours), proof("server", theirs, ours)));
    requireProof(bytes(in, PROOF_BYTES), proof("client", theirs, ours));
    out.write(WELCOME);
  }

  private byte[] greeting(byte[] nonce) {
    return joined(MAGIC, new byte[] {version}, nonce);
  }

  private void requireGreeting(DataInputStream in) throws IOException {
    if (!Arrays.equals(bytes(in, MAGIC.length), MAGIC)) {
      throw new StrangerException("greeting: expected a node of Detent, got another protocol");
    }
    byte other = in.readByte();
    if (other != version) {
      throw new StrangerException(
          "protocol between nodes: expected version "
              + version
              + ", got "
              + other
              + "; run the same release on all nodes");
    }
  }

  private static void requireProof(byte[] given, byte[] expected) throws IOException {
    if (!MessageDigest.isEqual(given, expected)) {
      throw new StrangerException(
          "secret of the cluster: expected the same, got another; give all nodes the same");
    }
  }

  private byte[] proof(String side, byte[] clients, byte[] servers) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(secret);
      mac.update(side.getBytes(StandardCharsets.US_ASCII));
      mac.update(version);
      mac.update(clients);
      mac.update(servers);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      // Every Java platform has it, and the key is not empty.
      throw new IllegalStateException(ALGORITHM + ": expected it in the JDK", e);
    }
  }

  private static byte[] nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    return nonce;
  }

  private static byte[] bytes(InputStream in, int count) throws IOException {
    byte[] bytes = new byte[count];
    new DataInputStream(in).readFully(bytes);
    return bytes;
  }

  private static byte[] joined(byte[]... parts) {
    var all = ByteBuffer.allocate(Arrays.stream(parts).mapToInt(part -> part.length).sum());
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}

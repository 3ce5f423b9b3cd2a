// SPDX-License-Identifier: Apache-2.0
package dev.detent.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @Test
  void readsHostAndPort() {
    assertThat(Address.parse("localhost:0")).isEqualTo(new Address("localhost", 0));
    assertThat(Address.parse("[::1]:65535")).isEqualTo(new Address("::1", 65_535));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:8080", "[::1]:1", "some.host:65535"})
  void writesWhatItReads(String text) {
    assertThat(Address.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":80",
        "80",
        "host",
        "host:",
        "host:-1",
        "host:65536",
        "host:8o",
        "::1:80",
        "[]:80",
        "a b:80",
        "host:+80",
        "host:000080"
      })
  void refusesTheRest(String text) {
    assertThat(Address.parse(text)).isNull();
  }
}

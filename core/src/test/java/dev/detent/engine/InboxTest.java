// SPDX-License-Identifier: Apache-2.0
package dev.detent.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class InboxTest {
  private final Inbox inbox = new Inbox();

  @Test
  void givesWhatIsUrgentBeforeWhatCameEarlier() {
    inbox.add("a");
    inbox.add("b");
    inbox.addFirst("commit 1");
    inbox.addFirst("commit 2");
    assertThat(inbox.size()).isEqualTo(4);
    assertThat(inbox.poll()).isEqualTo("commit 1");
    assertThat(inbox.poll()).isEqualTo("commit 2");
    assertThat(inbox.poll()).isEqualTo("a");
    assertThat(inbox.poll()).isEqualTo("b");
    assertThat(inbox.poll()).isNull();
  }

  @Test
  void isNotEmptyWhileSomethingUrgentWaits() {
    assertThat(inbox.isEmpty()).isTrue();
    inbox.addFirst("commit");
    assertThat(inbox.isEmpty()).isFalse();
  }
}

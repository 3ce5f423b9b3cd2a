// SPDX-License-Identifier: Apache-2.0
/// Tests Detent and what is built on it, without mocks.
///
/// Start with [MachineTester][dev.detent.testkit.MachineTester], which leads instances through a
/// machine of yours, or with [StoreContract][dev.detent.testkit.StoreContract], which every
/// [Store][dev.detent.store.Store] has to pass. May import everything of core. No server is here.
@NullMarked
package dev.detent.testkit;

import org.jspecify.annotations.NullMarked;

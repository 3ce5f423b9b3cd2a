// SPDX-License-Identifier: Apache-2.0
/// Draws machines as SVG, laid out in-process by Eclipse ELK.
///
/// Start with [ElkSvg][dev.detent.server.diagram.ElkSvg]. The same machine always gives the same
/// text. ELK's classes are loaded when the first diagram is drawn, not before. May import core and
/// door. Mermaid and DOT, which need no layout, are in `dev.detent.machine`.
@NullMarked
package dev.detent.server.diagram;

import org.jspecify.annotations.NullMarked;

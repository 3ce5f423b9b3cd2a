// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.diagram;

import dev.detent.machine.Machine;
import dev.detent.machine.State;
import dev.detent.server.diagram.Layout.Area;
import dev.detent.server.diagram.Layout.Box;
import dev.detent.server.diagram.Layout.Line;
import dev.detent.server.diagram.Layout.Point;
import java.util.List;

/// Writes a laid out diagram as SVG.
final class Document {
  private static final double CORNER_PX = 8;

  /// Colours for light pages first, so that a viewer without media queries shows these.
  private static final String STYLE =
      """
      <style>
      .detent { font-family: system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial,
        "DejaVu Sans", sans-serif; }
      .detent text { white-space: pre; text-anchor: middle; dominant-baseline: central; }
      .detent .page { fill: #ffffff; }
      .detent .box { fill: #eef3fb; stroke: #4a6a9c; stroke-width: 1.5; }
      .detent .inner { fill: none; stroke: #4a6a9c; stroke-width: 1; }
      .detent .name { fill: #14233b; font-size: 15px; font-weight: 500; }
      .detent .line { fill: none; stroke: #68758a; stroke-width: 1.5; }
      .detent .head, .detent .dot { fill: #68758a; }
      .detent .label { fill: #3a4658; font-size: 13px; }
      @media (prefers-color-scheme: dark) {
        .detent .page { fill: #12161d; }
        .detent .box { fill: #1d2a40; stroke: #7ea2dc; }
        .detent .inner { stroke: #7ea2dc; }
        .detent .name { fill: #eaf0fa; }
        .detent .line { stroke: #8d9bb1; }
        .detent .head, .detent .dot { fill: #8d9bb1; }
        .detent .label { fill: #c6d0de; }
      }
      </style>
      <defs><marker id="detent-head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7"
        markerHeight="7" orient="auto"><path class="head" d="M0 1 L10 5 L0 9 Z"/></marker></defs>
      """;

  private final Machine machine;
  private final Layout layout;
  private final StringBuilder out = new StringBuilder();

  Document(Machine machine, Layout layout) {
    this.machine = machine;
    this.layout = layout;
  }

  String text() {
    String width = Text.number(Math.ceil(layout.width()));
    String height = Text.number(Math.ceil(layout.height()));
    out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"detent\" role=\"img\" width=\"");
    out.append(width).append("\" height=\"").append(height).append("\" viewBox=\"0 0 ");
    out.append(width).append(' ').append(height).append("\">\n");
    out.append("<title>").append(Text.escape(machine.name())).append("</title>\n").append(STYLE);
    out.append("<rect class=\"page\" width=\"100%\" height=\"100%\" rx=\"6\"/>\n");
    layout.lines().forEach(this::path);
    out.append("<circle class=\"dot\" cx=\"").append(Text.number(layout.dot().x()));
    out.append("\" cy=\"").append(Text.number(layout.dot().y()));
    out.append("\" r=\"").append(Text.number(Layout.DOT_RADIUS)).append("\"/>\n");
    layout.boxes().forEach(this::box);
    layout.lines().forEach(this::label);
    return out.append("</svg>\n").toString();
  }

  private void box(Box box) {
    State state = box.state();
    out.append("<g>");
    if (!state.description().isEmpty()) {
      out.append("<title>").append(Text.escape(state.description())).append("</title>");
    }
    rectangle("box", box.area(), 9);
    if (state.isFinal()) {
      Area area = box.area();
      var inner = new Area(area.x() + 4, area.y() + 4, area.width() - 8, area.height() - 8);
      rectangle("inner", inner, 6);
    }
    double middle = box.area().y() + box.area().height() / 2;
    text("name", box.area().x() + box.area().width() / 2, middle, state.name());
    out.append("</g>\n");
  }

  private void label(Line line) {
    if (line.labels().isEmpty()) {
      return;
    }
    Area area = line.area();
    rectangle("page", area, 3);
    double y = area.y() + 2 + Text.LABEL_LINE_PX / 2;
    for (String label : line.labels()) {
      text("label", area.x() + area.width() / 2, y, label);
      y += Text.LABEL_LINE_PX;
    }
    out.append('\n');
  }

  private void path(Line line) {
    out.append("<path class=\"line\" marker-end=\"url(#detent-head)\" d=\"");
    List<Point> points = line.points();
    move('M', points.getFirst());
    for (int i = 1; i < points.size() - 1; i++) {
      Point corner = points.get(i);
      move('L', towards(corner, points.get(i - 1)));
      move('Q', corner);
      move(' ', towards(corner, points.get(i + 1)));
    }
    move('L', points.getLast());
    out.append("\"/>\n");
  }

  /// Returns where the rounding of a corner meets the straight line to a neighbour.
  private static Point towards(Point corner, Point neighbour) {
    double x = neighbour.x() - corner.x();
    double y = neighbour.y() - corner.y();
    double length = Math.hypot(x, y);
    double share = length == 0 ? 0 : Math.min(CORNER_PX, length / 2) / length;
    return new Point(corner.x() + x * share, corner.y() + y * share);
  }

  private void move(char command, Point to) {
    out.append(command).append(Text.number(to.x())).append(' ').append(Text.number(to.y()));
  }

  private void rectangle(String style, Area area, int radius) {
    out.append("<rect class=\"").append(style).append("\" x=\"").append(Text.number(area.x()));
    out.append("\" y=\"").append(Text.number(area.y()));
    out.append("\" width=\"").append(Text.number(area.width()));
    out.append("\" height=\"").append(Text.number(area.height()));
    out.append("\" rx=\"").append(radius).append("\"/>");
  }

  private void text(String style, double x, double y, String text) {
    out.append("<text class=\"").append(style).append("\" x=\"").append(Text.number(x));
    out.append("\" y=\"").append(Text.number(y)).append("\">").append(Text.escape(text));
    out.append("</text>");
  }
}

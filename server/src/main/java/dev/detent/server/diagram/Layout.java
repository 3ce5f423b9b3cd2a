// SPDX-License-Identifier: Apache-2.0
package dev.detent.server.diagram;

import dev.detent.machine.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.elk.alg.layered.options.CrossingMinimizationStrategy;
import org.eclipse.elk.alg.layered.options.CycleBreakingStrategy;
import org.eclipse.elk.alg.layered.options.LayerConstraint;
import org.eclipse.elk.alg.layered.options.LayeredOptions;
import org.eclipse.elk.alg.layered.options.LayeringStrategy;
import org.eclipse.elk.alg.layered.options.NodePlacementStrategy;
import org.eclipse.elk.alg.layered.options.OrderingStrategy;
import org.eclipse.elk.core.RecursiveGraphLayoutEngine;
import org.eclipse.elk.core.math.ElkPadding;
import org.eclipse.elk.core.options.CoreOptions;
import org.eclipse.elk.core.options.Direction;
import org.eclipse.elk.core.options.EdgeLabelPlacement;
import org.eclipse.elk.core.options.EdgeRouting;
import org.eclipse.elk.core.util.NullElkProgressMonitor;
import org.eclipse.elk.graph.ElkEdge;
import org.eclipse.elk.graph.ElkEdgeSection;
import org.eclipse.elk.graph.ElkLabel;
import org.eclipse.elk.graph.ElkNode;
import org.eclipse.elk.graph.util.ElkGraphUtil;

/// Says where everything of a diagram goes, in pixels from the upper left corner.
///
/// @param width of the whole diagram
/// @param height of the whole diagram
/// @param dot the starting dot's centre
/// @param boxes one for each state
/// @param lines one for each edge
record Layout(double width, double height, Point dot, List<Box> boxes, List<Line> lines) {
  static final double DOT_RADIUS = 7;

  /// Up to here the finest layout takes less than a second.
  private static final int EDGES_FINE_MAX = 60;

  record Point(double x, double y) {}

  record Area(double x, double y, double width, double height) {}

  record Box(State state, Area area) {}

  /// @param points where it starts, bends and ends
  /// @param labels lines of text
  /// @param area where the text goes; empty if there is none
  record Line(List<Point> points, List<String> labels, Area area) {}

  static Layout of(Graph graph) {
    return new Run(graph).result();
  }

  /// Builds ELK's graph, has it laid out, and reads it back.
  private static final class Run {
    private final Graph graph;
    private final ElkNode root = ElkGraphUtil.createGraph();
    private final ElkNode dot = ElkGraphUtil.createNode(root);
    private final Map<String, ElkNode> nodes = new HashMap<>();
    private final List<ElkEdge> edges = new ArrayList<>();

    Run(Graph graph) {
      this.graph = graph;
    }

    Layout result() {
      configure();
      dot.setDimensions(2 * DOT_RADIUS, 2 * DOT_RADIUS);
      dot.setProperty(LayeredOptions.LAYERING_LAYER_CONSTRAINT, LayerConstraint.FIRST);
      graph.states().forEach(this::addState);
      graph.edges().forEach(this::addEdge);
      new RecursiveGraphLayoutEngine().layout(root, new NullElkProgressMonitor());
      return read();
    }

    private void configure() {
      root.setProperty(CoreOptions.ALGORITHM, LayeredOptions.ALGORITHM_ID);
      root.setProperty(CoreOptions.DIRECTION, Direction.DOWN);
      root.setProperty(CoreOptions.EDGE_ROUTING, EdgeRouting.ORTHOGONAL);
      root.setProperty(CoreOptions.RANDOM_SEED, 1);
      root.setProperty(CoreOptions.PADDING, new ElkPadding(20));
      root.setProperty(LayeredOptions.SPACING_NODE_NODE, 36.0);
      root.setProperty(LayeredOptions.SPACING_EDGE_NODE, 20.0);
      root.setProperty(LayeredOptions.SPACING_EDGE_EDGE, 16.0);
      root.setProperty(LayeredOptions.SPACING_EDGE_LABEL, 4.0);
      root.setProperty(LayeredOptions.SPACING_NODE_NODE_BETWEEN_LAYERS, 30.0);
      root.setProperty(LayeredOptions.SPACING_EDGE_NODE_BETWEEN_LAYERS, 16.0);
      root.setProperty(LayeredOptions.SPACING_EDGE_EDGE_BETWEEN_LAYERS, 14.0);
      root.setProperty(
          LayeredOptions.NODE_PLACEMENT_STRATEGY, NodePlacementStrategy.NETWORK_SIMPLEX);
      root.setProperty(LayeredOptions.CYCLE_BREAKING_STRATEGY, CycleBreakingStrategy.DEPTH_FIRST);
      root.setProperty(
          LayeredOptions.CROSSING_MINIMIZATION_STRATEGY, CrossingMinimizationStrategy.LAYER_SWEEP);
      root.setProperty(LayeredOptions.CONSIDER_MODEL_ORDER_STRATEGY, OrderingStrategy.PREFER_EDGES);
      root.setProperty(LayeredOptions.SPACING_NODE_SELF_LOOP, 18.0);
      root.setProperty(LayeredOptions.THOROUGHNESS, 30);
      if (graph.edges().size() > EDGES_FINE_MAX) {
        quicken();
      }
    }

    /// Takes ways that are quick in any graph: network simplex takes minutes and a deep stack.
    private void quicken() {
      root.setProperty(LayeredOptions.LAYERING_STRATEGY, LayeringStrategy.LONGEST_PATH_SOURCE);
      root.setProperty(LayeredOptions.NODE_PLACEMENT_STRATEGY, NodePlacementStrategy.SIMPLE);
      root.setProperty(LayeredOptions.CONSIDER_MODEL_ORDER_STRATEGY, OrderingStrategy.NONE);
      root.setProperty(LayeredOptions.THOROUGHNESS, 1);
    }

    private void addState(State state) {
      ElkNode node = ElkGraphUtil.createNode(root);
      node.setDimensions(Text.width(state.name(), Text.STATE_PX) + 36, 40);
      nodes.put(state.name(), node);
    }

    private void addEdge(Graph.Edge line) {
      ElkNode from = line.from() == null ? dot : node(line.from());
      ElkEdge edge = ElkGraphUtil.createSimpleEdge(from, node(line.to()));
      edges.add(edge);
      if (!line.labels().isEmpty()) {
        ElkLabel label = ElkGraphUtil.createLabel(String.join("\n", line.labels()), edge);
        label.setDimensions(
            Text.width(line.labels(), Text.LABEL_PX) + 8,
            line.labels().size() * Text.LABEL_LINE_PX + 4);
        label.setProperty(CoreOptions.EDGE_LABELS_PLACEMENT, EdgeLabelPlacement.CENTER);
        label.setProperty(CoreOptions.EDGE_LABELS_INLINE, true);
      }
    }

    private ElkNode node(String state) {
      return Objects.requireNonNull(nodes.get(state), state);
    }

    private Layout read() {
      var boxes = new ArrayList<Box>();
      for (State state : graph.states()) {
        ElkNode node = node(state.name());
        boxes.add(
            new Box(state, new Area(node.getX(), node.getY(), node.getWidth(), node.getHeight())));
      }
      var lines = new ArrayList<Line>();
      for (int i = 0; i < edges.size(); i++) {
        lines.add(line(edges.get(i), graph.edges().get(i).labels()));
      }
      Point centre = new Point(dot.getX() + DOT_RADIUS, dot.getY() + DOT_RADIUS);
      return new Layout(root.getWidth(), root.getHeight(), centre, boxes, lines);
    }

    private static Line line(ElkEdge edge, List<String> labels) {
      var points = new ArrayList<Point>();
      for (ElkEdgeSection section : edge.getSections()) {
        points.add(new Point(section.getStartX(), section.getStartY()));
        section.getBendPoints().forEach(bend -> points.add(new Point(bend.getX(), bend.getY())));
        points.add(new Point(section.getEndX(), section.getEndY()));
      }
      Area area = new Area(0, 0, 0, 0);
      for (ElkLabel label : edge.getLabels()) {
        area = new Area(label.getX(), label.getY(), label.getWidth(), label.getHeight());
      }
      return new Line(List.copyOf(points), labels, area);
    }
  }
}

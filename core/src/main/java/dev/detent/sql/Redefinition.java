// SPDX-License-Identifier: Apache-2.0
package dev.detent.sql;

import dev.detent.store.MachineRow;
import dev.detent.store.Stranded;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes a definition unless it would strand instances, while nobody can move any.
final class Redefinition implements Work<List<Stranded>> {
  private static final int STRANDED_KEYS = 3;

  private final MachineRow machine;
  private final Set<String> states;
  private final Mappings mappings;

  Redefinition(MachineRow machine, Collection<String> states, Mappings mappings) {
    this.mappings = mappings;
    this.machine = machine;
    this.states = Set.copyOf(states);
  }

  @Override
  public List<Stranded> run(Session session) throws SQLException {
    session.run("patience");
    session.list("partition-lock", row -> row.getInt(1));
    var stranded = new ArrayList<Stranded>();
    for (Map.Entry<String, Long> count : counts(session, mappings, machine.name()).entrySet()) {
      if (!states.contains(count.getKey())) {
        stranded.add(stranded(session, count.getKey(), count.getValue()));
      }
    }
    if (stranded.isEmpty()) {
      session.update("partition-bump");
      session.update(
          "machine-write", machine.name(), machine.kind(), machine.hash(), machine.definition());
    }
    return stranded;
  }

  /// Returns how many instances of a machine are in each state.
  static Map<String, Long> counts(Session session, Mappings mappings, String machine)
      throws SQLException {
    Mapping mapping = mappings.of(machine);
    if (mapping != null) {
      return mapping.rows().counts(session);
    }
    var counts = new LinkedHashMap<String, Long>();
    session.list("instance-counts", row -> counts.put(row.getString(1), row.getLong(2)), machine);
    return counts;
  }

  private Stranded stranded(Session session, String state, long count) throws SQLException {
    Mapping mapping = mappings.of(machine.name());
    if (mapping != null) {
      List<MappedRow> rows = mapping.rows().page(session, state, null, STRANDED_KEYS);
      return new Stranded(state, count, rows.stream().map(MappedRow::key).toList());
    }
    List<String> keys =
        session.list(
            "instance-page-in-state",
            row -> row.getString(2),
            machine.name(),
            state,
            "",
            STRANDED_KEYS);
    return new Stranded(state, count, keys);
  }
}

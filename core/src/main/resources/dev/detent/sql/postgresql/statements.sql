-- What Detent says to PostgreSQL. A section begins with its name; a statement that writes or looks
-- up rows takes all of them at once, one array for each column in the order that Shapes.java lists.

-- name: session
-- For this transaction only. A process that is stopped between fence and commit must not hold the
-- rows for long. The planner may have seen the tables while they were still empty: enable_…
-- keeps it from reading them whole when they have grown. Planning anew for each length of the
-- arrays would take longer than the work.
select set_config('idle_in_transaction_session_timeout', '5s', true),
  set_config('lock_timeout', '2s', true),
  set_config('statement_timeout', '15s', true),
  set_config('client_connection_check_interval', '1s', true),
  set_config('enable_seqscan', 'off', true),
  set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true),
  set_config('plan_cache_mode', 'force_generic_plan', true);

-- name: recover
-- Nothing to do: the server recovers by itself.
select 1;

-- name: ping
select (extract(epoch from clock_timestamp()) * 1000)::bigint, count(*) from detent_meta;

-- name: meta-exists
select count(*) where to_regclass('detent_meta') is not null;

-- name: meta-lock
lock table detent_meta in share row exclusive mode;

-- name: meta-value
select value from detent_meta where name = ?;

-- name: meta-write
insert into detent_meta (name, value) values (?, ?)
on conflict (name) do update set value = excluded.value;

-- name: partition-insert
insert into detent_partition (partition_id, epoch, seq, last_offset) values (?, 0, 0, 0);

-- name: partition-lock
select partition_id from detent_partition order by partition_id for update;

-- name: partition-acquire
update detent_partition set owner = ?, epoch = epoch + 1, fenced_batch = owner_batch;

-- name: partition-rows
select partition_id, owner, epoch, seq, last_offset from detent_partition order by partition_id;

-- name: partition-outcome
-- Waits until a transaction that still holds the row has ended.
select epoch, owner_batch, fenced_batch from detent_partition where partition_id = ? for update;

-- name: partition-bump
update detent_partition set seq = seq + 1;

-- name: fence
update detent_partition p
set seq = p.seq + 1, last_offset = p.last_offset + f.events, owner_batch = f.batch
from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[])
  as f (partition_id, epoch, seq, last_offset, events, batch)
where p.partition_id = f.partition_id and p.epoch = f.epoch and p.seq = f.seq
  and p.last_offset = f.last_offset;

-- name: instance-insert
insert into detent_instance (machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id, last_offset)
select * from unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::bigint[],
  ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[])
on conflict do nothing;

-- name: instance-update
update detent_instance i
set state = w.state, data = w.data, version = w.version, definition = w.definition,
  updated_at = w.updated_at, entered_at = w.entered_at,
  timers = w.timers, invocation_id = w.invocation_id,
  last_offset = coalesce(w.last_offset, i.last_offset)
from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[],
  ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[])
  as w (machine, instance_key, state, data, version,
  definition, updated_at, entered_at, timers, invocation_id, last_offset, expected)
where i.machine = w.machine and i.instance_key = w.instance_key and i.version = w.expected;

-- name: instance-select
select i.*
from unnest(?::text[], ?::text[]) as k (machine, instance_key)
cross join lateral (
  select machine, instance_key, partition_id, state, data, version,
    definition, created_at, updated_at, entered_at, timers, invocation_id
  from detent_instance
  where machine = k.machine and instance_key = k.instance_key limit 1) i;

-- name: instance-page
select machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id
from detent_instance where machine = ? and instance_key > ?
order by instance_key limit ?;

-- name: instance-page-in-state
select machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id
from detent_instance where machine = ? and state = ? and instance_key > ?
order by instance_key limit ?;

-- name: instance-counts
select state, count(*) from detent_instance where machine = ? group by state order by state;

-- name: event-insert
-- A previous place that is not known here stands in the instance, which is updated later.
insert into detent_event (partition_id, event_offset, machine, instance_key, version, command,
  from_state, to_state, input, occurred_at, cause, forced, previous_offset)
select w.partition_id, w.event_offset, w.machine, w.instance_key, w.version, w.command,
  w.from_state, w.to_state, w.input, w.occurred_at, w.cause, w.forced,
  coalesce(w.previous_offset, i.last_offset, 0)
from unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::text[],
  ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::boolean[], ?::bigint[])
  as w (partition_id, event_offset, machine, instance_key, version, command,
  from_state, to_state, input, occurred_at, cause, forced, previous_offset)
left join detent_instance i
  on w.previous_offset is null and i.machine = w.machine and i.instance_key = w.instance_key
on conflict do nothing;

-- name: milestone-insert
insert into detent_milestone (machine, instance_key, version, event_offset)
select * from unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[])
on conflict do nothing;

-- name: event-page
select partition_id, event_offset, machine, instance_key, version, command,
  from_state, to_state, input, occurred_at, cause, forced
from detent_event where partition_id = ? and event_offset > ?
order by event_offset limit ?;

-- name: event-history
-- Asked for machine, key, after which version, and the last version wanted. From the milestone at
-- or above the last, or from the last event, back along the chain.
with recursive wanted (machine, instance_key, low, high) as (
  values (?::text, ?::text, ?::bigint, ?::bigint)
), entrance (partition_id, event_offset) as (
  select i.partition_id, coalesce(
    (select s.event_offset from detent_milestone s
      where s.machine = w.machine and s.instance_key = w.instance_key and s.version >= w.high
      order by s.version limit 1),
    i.last_offset)
  from wanted w join detent_instance i
    on i.machine = w.machine and i.instance_key = w.instance_key
), chain as (
  select e.partition_id, e.event_offset, e.machine, e.instance_key, e.version, e.command,
    e.from_state, e.to_state, e.input, e.occurred_at, e.cause, e.forced, e.previous_offset
  from entrance n join detent_event e
    on e.partition_id = n.partition_id and e.event_offset = n.event_offset
  union all
  select e.partition_id, e.event_offset, e.machine, e.instance_key, e.version, e.command,
    e.from_state, e.to_state, e.input, e.occurred_at, e.cause, e.forced, e.previous_offset
  from chain c cross join wanted w join detent_event e
    on e.partition_id = c.partition_id and e.event_offset = c.previous_offset
  where c.version - 1 > w.low
)
select c.partition_id, c.event_offset, c.machine, c.instance_key, c.version, c.command,
  c.from_state, c.to_state, c.input, c.occurred_at, c.cause, c.forced
from chain c cross join wanted w where c.version > w.low and c.version <= w.high
order by c.version;

-- name: timer-insert
insert into detent_timer (machine, instance_key, version, name, partition_id, due_at,
  invocation_id)
select * from unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[],
  ?::text[])
on conflict (machine, instance_key, version, name)
do update set due_at = excluded.due_at, invocation_id = excluded.invocation_id;

-- name: timer-delete
delete from detent_timer t
using unnest(?::text[], ?::text[], ?::bigint[], ?::text[])
  as d (machine, instance_key, version, name)
where t.machine = d.machine and t.instance_key = d.instance_key and t.version = d.version
  and t.name = coalesce(d.name, t.name);

-- name: timer-due
select machine, instance_key, version, name, partition_id, due_at, invocation_id
from detent_timer where due_at <= ?
order by due_at limit ?;

-- name: invocation-clear
-- What held the same token before.
delete from detent_invocation i
using unnest(?::text[], ?::text[], ?::text[], ?::text[])
  as c (machine, instance_key, token, invocation_id)
where i.machine = c.machine and i.instance_key = c.instance_key and i.token = c.token
  and i.invocation_id <> c.invocation_id;

-- name: invocation-write
insert into detent_invocation (invocation_id, machine, instance_key, partition_id,
  command, input, token, fingerprint, status, kind, created_at, due_at, ended_at, expires_at,
  output, problem, state, version)
select * from unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[],
  ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
  ?::text[], ?::text[], ?::text[], ?::bigint[])
on conflict (invocation_id) do update set
  machine = excluded.machine, instance_key = excluded.instance_key,
  partition_id = excluded.partition_id,
  command = excluded.command, input = excluded.input, token = excluded.token,
  fingerprint = excluded.fingerprint, status = excluded.status, kind = excluded.kind,
  created_at = excluded.created_at, due_at = excluded.due_at, ended_at = excluded.ended_at,
  expires_at = excluded.expires_at, output = excluded.output, problem = excluded.problem,
  state = excluded.state, version = excluded.version;

-- name: invocation-by-token
select i.*
from unnest(?::text[], ?::text[], ?::text[]) as k (machine, instance_key, token)
cross join lateral (
  select invocation_id, machine, instance_key, partition_id,
    command, input, token, fingerprint, status, kind, created_at, due_at, ended_at, expires_at,
    output, problem, state, version
  from detent_invocation
  where machine = k.machine and instance_key = k.instance_key and token = k.token limit 1) i;

-- name: invocation-by-id
select invocation_id, machine, instance_key, partition_id,
  command, input, token, fingerprint, status, kind, created_at, due_at, ended_at, expires_at,
  output, problem, state, version
from detent_invocation where invocation_id = ?;

-- name: invocation-purge
delete from detent_invocation where invocation_id in (
  select invocation_id from detent_invocation
  where expires_at is not null and expires_at <= ? and ended_at is not null
  order by expires_at limit ?);

-- name: machine-rows
select machine, kind, hash, definition from detent_machine order by machine;

-- name: machine-write
insert into detent_machine (machine, kind, hash, definition) values (?, ?, ?, ?)
on conflict (machine) do update
set kind = excluded.kind, hash = excluded.hash, definition = excluded.definition;

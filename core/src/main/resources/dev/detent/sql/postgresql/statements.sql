-- What Detent says to PostgreSQL. A section begins with its name; a statement that writes or looks
-- up rows takes all of them at once, one array for each column in the order that Shapes.java lists.
-- ${NAME} stands for another section, or for a number that is told when the store is opened.

-- name: session
-- Nothing to set: it is lent, and goes back as it came.
select 1;

-- name: session-end
-- Nothing to undo: what a transaction sets ends with it.
select 1;

-- name: transaction
-- For this transaction only, in milliseconds that follow from the lease. A process that is stopped
-- between fence and commit must not hold the rows for as long as a lease. The planner may have seen
-- the tables while they were still empty: enable_… keeps it from reading them whole when they have
-- grown. Planning anew for each length of the arrays would take longer than the work.
select set_config('idle_in_transaction_session_timeout', '${idle-ms}', true),
  set_config('lock_timeout', '${lock-ms}', true),
  set_config('statement_timeout', '${statement-ms}', true),
  set_config('client_connection_check_interval', '${check-ms}', true),
  set_config('enable_seqscan', 'off', true),
  set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true),
  set_config('plan_cache_mode', 'force_generic_plan', true);

-- name: patience
-- The same for a transaction that others may fill: it may take long, but must not stand still.
select set_config('idle_in_transaction_session_timeout', '${idle-ms}', true),
  set_config('client_connection_check_interval', '${check-ms}', true);

-- name: recover
-- Nothing to do: the server recovers by itself.
select 1;

-- name: facts
-- Nothing to ask: what a commit is worth is the server's own setting.
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
-- Each on a page of its own: of a table with few pages PostgreSQL reads everything to find one row.
-- What fills the pages is cleared at once.
insert into detent_partition (partition_id, epoch, seq, last_offset, last_at, fenced_batch)
values (?, 0, 0, 0, 0, repeat('-', 700));

-- name: partition-spread
update detent_partition set fenced_batch = null;

-- name: partition-lock
select partition_id from detent_partition order by partition_id for update;

-- name: partition-lock-some
-- Partitions stand in a text, with commas.
select partition_id from detent_partition
where partition_id = any (string_to_array(?, ',')::integer[])
order by partition_id for update;

-- name: partition-lock-free
-- Those whose owner is not alive.
select partition_id from detent_partition p
where partition_id = any (string_to_array(?, ',')::integer[])
  and (owner is null or owner = ?
    or not exists (select 1 from detent_node n where n.node_id = p.owner and n.expires_at > ?))
order by partition_id for update of p;

-- name: partition-lock-idle
-- The same without those that somebody else has locked.
select partition_id from detent_partition p
where partition_id = any (string_to_array(?, ',')::integer[])
  and (owner is null or owner = ?
    or not exists (select 1 from detent_node n where n.node_id = p.owner and n.expires_at > ?))
order by partition_id for update of p skip locked;

-- name: partition-acquire
-- The rows are locked; but who is alive is looked at again, since that may have taken time.
with asked (partitions, owner, now) as (values (?::text, ?::text, ?::bigint))
update detent_partition p
set owner = a.owner, epoch = p.epoch + 1, fenced_batch = p.owner_batch
from asked a
where p.partition_id = any (string_to_array(a.partitions, ',')::integer[])
  and (p.owner is null or p.owner = a.owner
    or not exists (
      select 1 from detent_node n where n.node_id = p.owner and n.expires_at > a.now));

-- name: partition-release
update detent_partition p
set owner = null
from unnest(?::bigint[], ?::bigint[]) as r (partition_id, epoch)
where p.partition_id = r.partition_id and p.epoch = r.epoch;

-- name: partition-rows-of
select partition_id, owner, epoch, seq, last_offset from detent_partition
where partition_id = any (string_to_array(?, ',')::integer[]) and owner = ?
order by partition_id;

-- name: partition-rows
select partition_id, owner, epoch, seq, last_offset from detent_partition order by partition_id;

-- name: partition-outcome
-- Waits until a transaction that still holds the row has ended.
select epoch, owner_batch, fenced_batch from detent_partition where partition_id = ? for update;

-- name: node-write
insert into detent_node (node_id, address, started_at, expires_at, machines)
values (?, ?, ?, ?, ?)
on conflict (node_id) do update
set address = excluded.address, expires_at = excluded.expires_at, machines = excluded.machines;

-- name: node-delete
delete from detent_node where node_id = ?;

-- name: membership
-- Nodes, then partitions; in one statement, so that both are of the same moment.
select 0 as kind, 0 as place, node_id, address, started_at, expires_at, 0::bigint as last_offset,
  machines
from detent_node
union all
select 1, partition_id, owner, null, epoch, seq, last_offset, null
from detent_partition
order by kind, place, node_id;

-- name: partition-bump
update detent_partition set seq = seq + 1;

-- name: fence-lock
-- Those that nobody else has locked.
select partition_id from detent_partition
where partition_id = any (?::bigint[])
order by partition_id for update skip locked;

-- name: fence
update detent_partition p
set seq = p.seq + 1, last_offset = p.last_offset + f.events, owner_batch = f.batch,
  last_at = greatest(p.last_at, f.last_at)
from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[])
  as f (partition_id, epoch, seq, last_offset, events, batch, last_at)
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
-- What was deleted is in the state DEL, U+007F, and is not listed.
select machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id
from detent_instance where machine = ? and instance_key > ? and state <> chr(127)
order by instance_key limit ?;

-- name: instance-page-in-state
select machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id
from detent_instance where machine = ? and state = ? and instance_key > ?
order by instance_key limit ?;

-- name: instance-counts
select state, count(*) from detent_instance where machine = ? and state <> chr(127)
group by state order by state;

-- name: event-insert
-- A previous place that is not known here stands in the instance, which is updated later.
insert into detent_event (partition_id, event_offset, machine, instance_key, version, command,
  from_state, to_state, input, occurred_at, cause, forced, metadata, previous_offset)
select w.partition_id, w.event_offset, w.machine, w.instance_key, w.version, w.command,
  w.from_state, w.to_state, w.input, w.occurred_at, w.cause, w.forced,
  w.metadata, coalesce(w.previous_offset, i.last_offset, 0)
from unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::text[],
  ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::boolean[], ?::text[], ?::bigint[])
  as w (partition_id, event_offset, machine, instance_key, version, command,
  from_state, to_state, input, occurred_at, cause, forced, metadata, previous_offset)
left join detent_instance i
  on w.previous_offset is null and i.machine = w.machine and i.instance_key = w.instance_key
on conflict do nothing;

-- name: milestone-insert
insert into detent_milestone (machine, instance_key, version, event_offset)
select * from unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[])
on conflict do nothing;

-- name: event-page
select partition_id, event_offset, machine, instance_key, version, command,
  from_state, to_state, input, occurred_at, cause, forced, metadata
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
    e.from_state, e.to_state, e.input, e.occurred_at, e.cause, e.forced,
    e.metadata, e.previous_offset
  from entrance n join detent_event e
    on e.partition_id = n.partition_id and e.event_offset = n.event_offset
  union all
  select e.partition_id, e.event_offset, e.machine, e.instance_key, e.version, e.command,
    e.from_state, e.to_state, e.input, e.occurred_at, e.cause, e.forced,
    e.metadata, e.previous_offset
  from chain c cross join wanted w join detent_event e
    on e.partition_id = c.partition_id and e.event_offset = c.previous_offset
  where c.version - 1 > w.low
)
select c.partition_id, c.event_offset, c.machine, c.instance_key, c.version, c.command,
  c.from_state, c.to_state, c.input, c.occurred_at, c.cause, c.forced, c.metadata
from chain c cross join wanted w where c.version > w.low and c.version <= w.high
order by c.version;

-- name: history-entrance
-- The version of the first milestone after a version, or of the last event.
select coalesce(
  (select min(m.version) from detent_milestone m
    where m.machine = i.machine and m.instance_key = i.instance_key and m.version > ?),
  i.version)
from detent_instance i where i.machine = ? and i.instance_key = ? and i.version > ?;

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
-- Partitions stand in a text, with commas. The earliest of each, then the earliest of these.
with wanted (partitions, due_at, count_max) as (values (?::text, ?::bigint, ?::bigint))
select t.machine, t.instance_key, t.version, t.name, t.partition_id, t.due_at, t.invocation_id
from wanted w
cross join unnest(string_to_array(w.partitions, ',')::integer[]) as p (partition_id)
cross join lateral (
  select machine, instance_key, version, name, partition_id, due_at, invocation_id
  from detent_timer
  where partition_id = p.partition_id and due_at <= w.due_at
  order by due_at limit w.count_max) t
order by t.due_at limit (select count_max from wanted);

-- name: invocation-columns
invocation_id, machine, instance_key, partition_id, command, input, token, fingerprint,
  precondition, status, kind, ordinal, created_at, due_at, parent_id, parent_life, parent_position,
  chain, life, attempt, started_at, retry_at, cancelled, trouble, ended_at, expires_at, output,
  problem, state, version;

-- name: invocation-clear
-- What held the same token before.
delete from detent_invocation i
using unnest(?::text[], ?::text[], ?::text[], ?::text[])
  as c (machine, instance_key, token, invocation_id)
where i.machine = c.machine and i.instance_key = c.instance_key and i.token = c.token
  and i.invocation_id <> c.invocation_id;

-- name: invocation-write
-- What was asked for never changes.
insert into detent_invocation (${invocation-columns})
select * from unnest(
  ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
  ?::text[], ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[],
  ?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::boolean[],
  ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bigint[])
on conflict (invocation_id) do update set
  token = excluded.token, fingerprint = excluded.fingerprint, status = excluded.status,
  ordinal = excluded.ordinal, due_at = excluded.due_at, life = excluded.life,
  attempt = excluded.attempt, started_at = excluded.started_at, retry_at = excluded.retry_at,
  cancelled = excluded.cancelled, trouble = excluded.trouble, ended_at = excluded.ended_at,
  expires_at = excluded.expires_at, output = excluded.output, problem = excluded.problem,
  state = excluded.state, version = excluded.version;

-- name: invocation-by-token
select i.*
from unnest(?::text[], ?::text[], ?::text[]) as k (machine, instance_key, token)
cross join lateral (
  select ${invocation-columns}
  from detent_invocation
  where machine = k.machine and instance_key = k.instance_key and token = k.token limit 1) i;

-- name: invocation-by-id
select ${invocation-columns}
from detent_invocation where invocation_id = ?;

-- name: invocation-open
select ${invocation-columns}
from detent_invocation where status in ('queued', 'running', 'paused') and partition_id = ?
  and (machine, instance_key, ordinal, invocation_id) > (?, ?, ?, ?)
order by machine, instance_key, ordinal, invocation_id limit ?;

-- name: invocation-page
select ${invocation-columns}
from detent_invocation where invocation_id > ? order by invocation_id limit ?;

-- name: invocation-page-in-status
-- For a status that most rows have.
select ${invocation-columns}
from detent_invocation where status = ? and invocation_id > ? order by invocation_id limit ?;

-- name: invocation-page-at-work
select ${invocation-columns}
from detent_invocation
where status in ('queued', 'running', 'paused') and status = ? and invocation_id > ?
order by invocation_id limit ?;

-- name: invocation-page-of-few
select ${invocation-columns}
from detent_invocation
where status in ('scheduled', 'paused', 'failed', 'cancelled', 'killed') and status = ?
  and invocation_id > ?
order by invocation_id limit ?;

-- name: invocation-purge
-- One whose answer or acknowledgement is still awaited stays.
delete from detent_invocation where invocation_id in (
  select invocation_id from detent_invocation i
  where expires_at is not null and expires_at <= ? and ended_at is not null
    and not exists (
      select 1 from detent_step s
      where s.invocation_id = i.parent_id and s.life = i.parent_life
        and s.position = i.parent_position and s.status = 'pending')
  order by expires_at limit ?);

-- name: step-columns
invocation_id, life, position, partition_id, kind, name, status, child_id, child_machine,
  child_key, child_command, child_input, child_chain, value, problem, changed_at, due_at;

-- name: journal-delete
delete from detent_step s
using unnest(?::text[]) as d (invocation_id)
where s.invocation_id = d.invocation_id and not (s.kind = 'send' and s.status = 'pending');

-- name: step-delete
delete from detent_step s
using unnest(?::text[], ?::bigint[], ?::text[]) as d (invocation_id, life, position)
where s.invocation_id = d.invocation_id and s.life = d.life and s.position = d.position;

-- name: step-write
insert into detent_step (${step-columns})
select * from unnest(
  ?::text[], ?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
  ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[],
  ?::bigint[])
on conflict (invocation_id, life, position) do update set
  partition_id = excluded.partition_id, kind = excluded.kind, name = excluded.name,
  status = excluded.status, child_id = excluded.child_id, child_machine = excluded.child_machine,
  child_key = excluded.child_key, child_command = excluded.child_command,
  child_input = excluded.child_input, child_chain = excluded.child_chain, value = excluded.value,
  problem = excluded.problem, changed_at = excluded.changed_at, due_at = excluded.due_at;

-- name: step-record
-- Only if it is not there yet.
insert into detent_step (${step-columns})
select * from unnest(
  ?::text[], ?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[],
  ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[],
  ?::bigint[])
on conflict do nothing;

-- name: step-rows
select ${step-columns}
from detent_step where invocation_id = ?;

-- name: step-row
select ${step-columns}
from detent_step where invocation_id = ? and life = ? and position = ?;

-- name: step-pending
select ${step-columns}
from detent_step where status = 'pending' and partition_id = ?
  and (invocation_id, life, position) > (?, ?, ?)
order by invocation_id, life, position limit ?;

-- name: transact-begin
-- It is gone if the user ends the transaction.
savepoint detent_transact;

-- name: transact-end
release savepoint detent_transact;

-- name: transact-fence
-- Waits for a commit of the owner, and keeps the next one waiting until this one is in.
select epoch from detent_partition where partition_id = ? for share;

-- name: transact-invocation
select status, life from detent_invocation where invocation_id = ? for share;

-- name: joined-begin
-- What is written in somebody else's transaction can be taken back.
savepoint detent_joined;

-- name: joined-end
release savepoint detent_joined;

-- name: joined-undo
rollback to savepoint detent_joined;
release savepoint detent_joined;

-- name: joined-spoil
-- An error, so that the server lets nobody commit.
select 1 / 0;

-- name: joined-lock
select partition_id, owner, epoch, seq, last_offset from detent_partition
where partition_id = any (?::bigint[])
order by partition_id for update;

-- name: joined-instances
-- Where a transaction sees one state of the database only, a partition that was changed since then
-- can't be locked; so plain reads are true in any transaction that holds the locks.
${instance-select};

-- name: joined-busy
select k.machine, k.instance_key
from unnest(?::text[], ?::text[], ?::bigint[]) as k (machine, instance_key, partition_id)
where exists (
  select 1 from detent_invocation i
  where i.status in ('queued', 'running', 'paused') and i.partition_id = k.partition_id
    and i.machine = k.machine and i.instance_key = k.instance_key);

-- name: joined-last-at
select p.partition_id, e.occurred_at
from unnest(?::bigint[]) as p (partition_id)
cross join lateral (
  select occurred_at from detent_event
  where partition_id = p.partition_id
  order by event_offset desc limit 1) e;

-- name: joined-sight
-- The three above in one: what there is, whether it is busy, when the partition's last event was.
select k.machine, k.instance_key, i.partition_id, i.state, i.data, i.version,
  i.definition, i.created_at, i.updated_at, i.entered_at, i.timers, i.invocation_id,
  exists (
    select 1 from detent_invocation v
    where v.status in ('queued', 'running', 'paused') and v.partition_id = k.partition_id
      and v.machine = k.machine and v.instance_key = k.instance_key),
  (select occurred_at from detent_event e
    where e.partition_id = k.partition_id
    order by e.event_offset desc limit 1),
  k.partition_id
from unnest(?::text[], ?::text[], ?::bigint[]) as k (machine, instance_key, partition_id)
left join detent_instance i on i.machine = k.machine and i.instance_key = k.instance_key;

-- name: joined-fence
-- The owner's note of its last commit stays as it is.
update detent_partition p
set seq = p.seq + 1, last_offset = p.last_offset + f.events,
  last_at = greatest(p.last_at, f.last_at)
from unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[])
  as f (partition_id, epoch, seq, last_offset, events, batch, last_at)
where p.partition_id = f.partition_id and p.epoch = f.epoch and p.seq = f.seq
  and p.last_offset = f.last_offset;

-- name: joined-glance
-- What a move rests on, without locks: the move itself finds out whether it still holds. Nobody but
-- the owner begins handlers, and each commit of his has a name.
select i.machine, i.instance_key, i.partition_id, i.state, i.data, i.version,
  i.definition, i.created_at, i.updated_at, i.entered_at, i.timers, i.invocation_id,
  i.last_offset, p.epoch, p.owner_batch, p.last_at
from detent_instance i
join detent_partition p on p.partition_id = i.partition_id
where i.machine = ? and i.instance_key = ? and not exists (
  select 1 from detent_invocation v
  where v.status in ('queued', 'running', 'paused') and v.partition_id = i.partition_id
    and v.machine = i.machine and v.instance_key = i.instance_key);

-- name: joined-move
-- Waits for the lock, then looks at what is there now. A part is done if the one before it was; what
-- writes a row of the user's is put between these and the next.
with p as (
  update detent_partition
  set seq = seq + 1, last_offset = last_offset + 1, last_at = ?
  where partition_id = ? and epoch = ? and owner_batch is not distinct from ? and last_at <= ?
  returning last_offset),
i as (
  update detent_instance i
  set state = ?, data = ?, version = ?, definition = ?, updated_at = ?, entered_at = ?,
    last_offset = p.last_offset
  from p
  where i.machine = ? and i.instance_key = ? and i.version = ?
  returning i.last_offset);

-- name: joined-move-alone
m as (select 1 as done from i);

-- name: joined-move-event
-- Nothing is asked of the event itself: what is read of a part is kept in memory meanwhile, and with
-- one more of them a server's process gives memory back and takes it again each time.
e as (
  insert into detent_event (partition_id, event_offset, machine, instance_key, version, command,
    from_state, to_state, input, occurred_at, cause, forced, metadata, previous_offset)
  select ?, i.last_offset, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? from i, m
)
select p.last_offset, i.last_offset, m.done
from p left join i on true left join m on true;

-- name: joined-move-undo
-- Nobody has seen it.
update detent_partition set seq = seq - 1, last_offset = last_offset - 1 where partition_id = ?;

-- name: joined-file
-- Not asked: a database is not a file.
select null;

-- name: machine-rows
select machine, kind, hash, definition from detent_machine order by machine;

-- name: machine-write
insert into detent_machine (machine, kind, hash, definition) values (?, ?, ?, ?)
on conflict (machine) do update
set kind = excluded.kind, hash = excluded.hash, definition = excluded.definition;

-- name: consumer-insert
insert into detent_consumer (consumer, machines, states, paused, created_at)
values (?, ?, ?, false, ?)
on conflict do nothing;

-- name: consumer-want
update detent_consumer set machines = ?, states = ? where consumer = ?;

-- name: consumer-pause
update detent_consumer set paused = true where consumer = ?;

-- name: consumer-resume
update detent_consumer set paused = false where consumer = ?;

-- name: consumer-delete
delete from detent_consumer where consumer = ?;

-- name: consumer-rows
select consumer, machines, states, paused, created_at from detent_consumer order by consumer;

-- name: consumer-rows-of
-- Consumers stand in a text, with commas.
select consumer, machines, states, paused, created_at from detent_consumer
where consumer = any (string_to_array(?, ','));

-- name: worker-write
insert into detent_worker (worker_id, consumers, started_at, expires_at)
values (?, ?, ?, ?)
on conflict (worker_id) do update
set consumers = excluded.consumers, expires_at = excluded.expires_at;

-- name: worker-delete
delete from detent_worker where worker_id = ?;

-- name: worker-clear
delete from detent_worker;

-- name: worker-rows
select worker_id, consumers, started_at, expires_at from detent_worker order by worker_id;

-- name: cursor-columns
consumer, partition_id, event_offset, owner, epoch, attempt, trouble, stopped, changed_at;

-- name: cursor-insert
insert into detent_cursor (${cursor-columns})
values (?, ?, ?, null, 0, 0, null, false, ?)
on conflict do nothing;

-- name: cursor-lock
-- Before anything else: what is read afterwards is what those who held the rows have left.
select partition_id from detent_cursor where consumer = ? order by partition_id for update;

-- name: cursor-acquire
update detent_cursor
set owner = ?, epoch = epoch + 1
where consumer = ? and partition_id = any (string_to_array(?, ',')::integer[]) and not stopped
  and (owner is null or owner = ?
    or not exists (
      select 1 from detent_worker w
      where w.worker_id = detent_cursor.owner and w.expires_at > ?
        and strpos(',' || w.consumers || ',', ',' || detent_cursor.consumer || ',') > 0))
  and exists (
    select 1 from detent_consumer c where c.consumer = detent_cursor.consumer and not c.paused);

-- name: cursor-rows-owned
select ${cursor-columns} from detent_cursor where consumer = ? and owner = ?
order by partition_id;

-- name: cursor-row
select ${cursor-columns} from detent_cursor where consumer = ? and partition_id = ?;

-- name: cursor-rows-of
-- Consumers stand in a text, with commas.
select ${cursor-columns} from detent_cursor
where consumer = any (string_to_array(?, ','))
order by consumer, partition_id;

-- name: cursor-release
update detent_cursor set owner = null
where consumer = ? and partition_id = ? and owner = ? and epoch = ?;

-- name: cursor-advance
update detent_cursor
set event_offset = ?, attempt = 0, trouble = null, changed_at = ?
where consumer = ? and partition_id = ? and owner = ? and epoch = ? and event_offset = ?;

-- name: cursor-check
-- Holds the row until the end of the transaction.
update detent_cursor set changed_at = changed_at
where consumer = ? and partition_id = ? and owner = ? and epoch = ?;

-- name: cursor-fail
update detent_cursor set attempt = ?, trouble = ?
where consumer = ? and partition_id = ? and owner = ? and epoch = ? and event_offset = ?;

-- name: cursor-stop
update detent_cursor set attempt = ?, trouble = ?, stopped = true, owner = null
where consumer = ? and partition_id = ? and owner = ? and epoch = ? and event_offset = ?;

-- name: cursor-free
update detent_cursor set owner = null, epoch = epoch + 1 where consumer = ?;

-- name: cursor-restart
update detent_cursor set attempt = 0, trouble = null, stopped = false
where consumer = ? and stopped;

-- name: cursor-reset
update detent_cursor
set event_offset = ?, owner = null, epoch = epoch + 1, attempt = 0, trouble = null,
  stopped = false, changed_at = ?
where consumer = ? and partition_id = ?;

-- name: cursor-delete
delete from detent_cursor where consumer = ?;

-- name: cursor-lags
-- The consumer, or an empty text for all. What is next is looked up only where there is something.
select c.consumer, c.partition_id, c.event_offset, c.owner, c.epoch, c.attempt, c.trouble,
  c.stopped, c.changed_at, p.last_offset,
  case when c.event_offset < p.last_offset then (
    select e.occurred_at from detent_event e
    where e.partition_id = c.partition_id and e.event_offset > c.event_offset
    order by e.event_offset limit 1) end
from detent_cursor c join detent_partition p on p.partition_id = c.partition_id
where c.consumer = coalesce(nullif(?, ''), c.consumer)
order by c.consumer, c.partition_id;

-- name: letter-columns
consumer, partition_id, event_offset, machine, instance_key, event, attempt, problem, wanted,
  died_at;

-- name: letter-insert
insert into detent_dead_letter (${letter-columns})
values (?, ?, ?, ?, ?, ?, ?, ?, false, ?)
on conflict (consumer, partition_id, event_offset) do update set
  attempt = excluded.attempt, problem = excluded.problem, wanted = excluded.wanted,
  died_at = excluded.died_at;

-- name: letter-again
update detent_dead_letter set attempt = ?, problem = ?, wanted = false, died_at = ?
where consumer = ? and partition_id = ? and event_offset = ?;

-- name: letter-want
update detent_dead_letter set wanted = true
where consumer = ? and partition_id = ? and event_offset = ?;

-- name: letter-delete
delete from detent_dead_letter
where consumer = ? and partition_id = ? and event_offset = ?;

-- name: letter-delete-all
delete from detent_dead_letter where consumer = ?;

-- name: letter-row
select ${letter-columns} from detent_dead_letter
where consumer = ? and partition_id = ? and event_offset = ?;

-- name: letter-page
select ${letter-columns} from detent_dead_letter
where consumer = ? and (partition_id, event_offset) > (?, ?)
order by partition_id, event_offset limit ?;

-- name: letter-wanted
-- Consumers stand in a text, with commas.
select consumer, partition_id, event_offset from detent_dead_letter
where wanted and consumer = any (string_to_array(?, ','));

-- name: letter-counts
select consumer, count(*) from detent_dead_letter group by consumer order by consumer;

-- name: event-droppable
-- The oldest, which stand first: no more are looked at than may go. Of every partition one stays,
-- since its time must not be gone back behind.
select o.event_offset, o.machine, o.instance_key, o.version
from (
  select event_offset, machine, instance_key, version, occurred_at from detent_event
  where partition_id = ?
  order by event_offset limit ?) o
where o.occurred_at < ?
  and o.event_offset < (select last_offset from detent_partition where partition_id = ?)
  and o.event_offset <= coalesce(
    (select min(event_offset) from detent_cursor where partition_id = ?), o.event_offset)
order by o.event_offset;

-- name: event-drop
delete from detent_event where partition_id = ? and event_offset <= ?;

-- name: milestone-delete
delete from detent_milestone where machine = ? and instance_key = ? and version = ?;

-- name: stretch-last
select floor_at, ceiling_at, event_offsets from detent_stretch order by floor_at desc limit 1;

-- name: stretch-until
select floor_at, ceiling_at, event_offsets from detent_stretch
where floor_at <= ? order by floor_at desc limit 2;

-- name: stretch-from
select floor_at, ceiling_at, event_offsets from detent_stretch
where floor_at >= ? order by floor_at limit 2;

-- name: stretch-extend
update detent_stretch set ceiling_at = ?, event_offsets = ?
where floor_at = ? and event_offsets = ? and closed = false;

-- name: stretch-close
update detent_stretch set closed = true
where floor_at = ? and event_offsets = ? and closed = false;

-- name: stretch-insert
insert into detent_stretch (floor_at, ceiling_at, event_offsets, closed)
values (?, ?, ?, false)
on conflict do nothing;

-- name: stretch-delete
delete from detent_stretch where floor_at = ?;

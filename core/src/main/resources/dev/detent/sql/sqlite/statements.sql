-- What Detent says to SQLite. A section begins with its name; a statement that writes or looks up
-- rows is run once for each of them, with the columns in the order that Shapes.java lists.
-- ${NAME} stands for another section.

-- name: session
-- A page cache of 32 MiB. No memory mapping: there an IO error would end the process.
-- Many commits share a checkpoint: each writes whole pages, often the same ones. The log before it
-- has at most 64 MiB then.
pragma journal_mode = wal;
pragma synchronous = full;
pragma busy_timeout = 5000;
pragma cache_size = -32768;
pragma mmap_size = 0;
pragma temp_store = memory;
pragma wal_autocheckpoint = 16000;
pragma journal_size_limit = 67108864;

-- name: session-end
-- Nothing to undo.
select 1;

-- name: transaction
-- Changes nothing, but takes the file's lock before anything is read.
update detent_meta set value = value where false;

-- name: patience
${transaction};

-- name: recover
pragma wal_checkpoint(truncate);

-- name: facts
-- Nothing to ask: commits are synced.
select 1;

-- name: ping
select cast(unixepoch('subsec') * 1000 as integer), count(*) from detent_meta;

-- name: meta-exists
select count(*) from sqlite_master where type = 'table' and name = 'detent_meta';

-- name: meta-lock
update detent_meta set value = value;

-- name: meta-value
select value from detent_meta where name = ?;

-- name: meta-write
insert into detent_meta (name, value) values (?, ?)
on conflict (name) do update set value = excluded.value;

-- name: partition-insert
insert into detent_partition (partition_id, epoch, seq, last_offset, last_at)
values (?, 0, 0, 0, 0);

-- name: partition-spread
-- Nothing to do: a row is found by its key, however few there are.
select 1;

-- name: partition-lock
-- The one writing connection is the lock.
select partition_id from detent_partition order by partition_id;

-- name: partition-lock-some
-- Partitions stand in a text, with commas.
select partition_id from detent_partition
where partition_id in (select value from json_each('[' || ?1 || ']'))
order by partition_id;

-- name: partition-lock-free
-- Nobody else can own one: the file has one process.
select partition_id from detent_partition
where partition_id in (select value from json_each('[' || ?1 || ']'))
  and ?2 is not null and ?3 is not null
order by partition_id;

-- name: partition-lock-idle
select partition_id from detent_partition
where partition_id in (select value from json_each('[' || ?1 || ']'))
  and ?2 is not null and ?3 is not null
order by partition_id;

-- name: partition-acquire
update detent_partition
set owner = ?2, epoch = epoch + 1, fenced_batch = owner_batch
where partition_id in (select value from json_each('[' || ?1 || ']')) and ?3 is not null;

-- name: partition-release
update detent_partition set owner = null where partition_id = ? and epoch = ?;

-- name: partition-rows-of
select partition_id, owner, epoch, seq, last_offset from detent_partition
where partition_id in (select value from json_each('[' || ?1 || ']')) and owner = ?2
order by partition_id;

-- name: partition-rows
select partition_id, owner, epoch, seq, last_offset from detent_partition order by partition_id;

-- name: partition-outcome
select epoch, owner_batch, fenced_batch from detent_partition where partition_id = ?;

-- name: node-write
insert into detent_node (node_id, address, started_at, expires_at, machines)
values (?, ?, ?, ?, ?)
on conflict (node_id) do update
set address = excluded.address, expires_at = excluded.expires_at, machines = excluded.machines;

-- name: node-delete
delete from detent_node where node_id = ?;

-- name: membership
-- Nodes, then partitions; in one statement, so that both are of the same moment.
select 0 as kind, 0 as place, node_id, address, started_at, expires_at, 0 as last_offset,
  machines
from detent_node
union all
select 1, partition_id, owner, null, epoch, seq, last_offset, null
from detent_partition
order by kind, place, node_id;

-- name: partition-bump
update detent_partition set seq = seq + 1;

-- name: fence-lock
-- The transaction is the only one that writes.
select partition_id from detent_partition where partition_id = ?;

-- name: fence
update detent_partition
set seq = seq + 1, last_offset = last_offset + ?5, owner_batch = ?6,
  last_at = max(last_at, coalesce(?7, 0))
where partition_id = ?1 and epoch = ?2 and seq = ?3 and last_offset = ?4;

-- name: numbered-instance-last
select coalesce(max(instance_id), 0) from detent_instance;

-- name: numbered-instance-place
-- What a write must know of an instance.
select instance_id, last_offset, definition, timers, invocation_id, data = '{}'
from detent_instance where machine = ? and instance_key = ?;

-- name: numbered-instance-insert
insert into detent_instance (instance_id, machine, instance_key, partition_id, state, data,
  version, definition, created_at, updated_at, entered_at, timers, invocation_id, last_offset)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict do nothing;

-- name: numbered-instance-update
update detent_instance
set state = ?3, data = ?4, version = ?5, definition = ?6, updated_at = ?7, entered_at = ?8,
  timers = ?9, invocation_id = ?10, last_offset = ?11
where instance_id = ?1 and version = ?2;

-- name: numbered-instance-move
-- What most moves change: the rest stands there already.
update detent_instance
set state = ?3, data = ?4, version = ?5, updated_at = ?6, entered_at = ?6, last_offset = ?7
where instance_id = ?1 and version = ?2;

-- name: numbered-instance-bare-move
-- The same of one that holds nothing before and after.
update detent_instance
set state = ?3, version = ?4, updated_at = ?5, entered_at = ?5, last_offset = ?6
where instance_id = ?1 and version = ?2;

-- name: instance-select
select machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id
from detent_instance where machine = ? and instance_key = ?;

-- name: instance-page
-- What was deleted is in the state DEL, U+007F, and is not listed.
select machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id
from detent_instance where machine = ? and instance_key > ? and state <> char(127)
order by instance_key limit ?;

-- name: instance-page-in-state
select machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id
from detent_instance where machine = ? and state = ? and instance_key > ?
order by instance_key limit ?;

-- name: instance-counts
select state, count(*) from detent_instance where machine = ? and state <> char(127)
group by state order by state;

-- name: numbered-event-insert
insert into detent_event (event_place, machine, instance_key, version, from_state, to_state,
  input, occurred_at, previous_offset, command, cause, forced, metadata)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: numbered-event-move
-- What most events are: of a command, along a declared transition, and without metadata.
insert into detent_event (event_place, machine, instance_key, version, from_state, to_state,
  input, occurred_at, previous_offset, command, cause, forced)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'command', 0);

-- name: milestone-insert
insert into detent_milestone (machine, instance_key, version, event_offset)
values (?, ?, ?, ?)
on conflict do nothing;

-- name: event-page
select partition_id, event_offset, machine, instance_key, version, command,
  from_state, to_state, input, occurred_at, cause, forced, metadata
from detent_event
where event_place > (?1 << 40) + ?2 and event_place < (?1 + 1) << 40
order by event_place limit ?3;

-- name: event-history
-- ?1 machine, ?2 key, ?3 after which version, ?4 the last version wanted. From the milestone at or
-- above ?4, or from the last event, back along the chain.
with recursive entrance (partition_id, event_offset) as (
  select i.partition_id, coalesce(
    (select s.event_offset from detent_milestone s
      where s.machine = ?1 and s.instance_key = ?2 and s.version >= ?4
      order by s.version limit 1),
    i.last_offset)
  from detent_instance i where i.machine = ?1 and i.instance_key = ?2
), chain as (
  select e.partition_id, e.event_offset, e.machine, e.instance_key, e.version, e.command,
    e.from_state, e.to_state, e.input, e.occurred_at, e.cause, e.forced,
    e.metadata, e.previous_offset
  from entrance n join detent_event e
    on e.event_place = (n.partition_id << 40) + n.event_offset
  union all
  select e.partition_id, e.event_offset, e.machine, e.instance_key, e.version, e.command,
    e.from_state, e.to_state, e.input, e.occurred_at, e.cause, e.forced,
    e.metadata, e.previous_offset
  from chain c join detent_event e
    on e.event_place = (c.partition_id << 40) + c.previous_offset
  where c.version - 1 > ?3
)
select partition_id, event_offset, machine, instance_key, version, command,
  from_state, to_state, input, occurred_at, cause, forced, metadata
from chain where version > ?3 and version <= ?4
order by version;

-- name: history-entrance
-- The version of the first milestone after a version, or of the last event.
select coalesce(
  (select min(m.version) from detent_milestone m
    where m.machine = i.machine and m.instance_key = i.instance_key and m.version > ?),
  i.version)
from detent_instance i where i.machine = ? and i.instance_key = ? and i.version > ?;

-- name: timer-insert
insert into detent_timer (machine, instance_key, version, name, partition_id, due_at, invocation_id)
values (?, ?, ?, ?, ?, ?, ?)
on conflict (machine, instance_key, version, name)
do update set due_at = excluded.due_at, invocation_id = excluded.invocation_id;

-- name: timer-delete
delete from detent_timer
where machine = ? and instance_key = ? and version = ? and name = coalesce(?, name);

-- name: timer-due
-- Partitions stand in a text, with commas.
select machine, instance_key, version, name, partition_id, due_at, invocation_id
from detent_timer
where due_at <= ?2 and partition_id in (select value from json_each('[' || ?1 || ']'))
order by due_at limit ?3;

-- name: invocation-columns
invocation_id, machine, instance_key, partition_id, command, input, token, fingerprint,
  precondition, status, kind, ordinal, created_at, due_at, parent_id, parent_life, parent_position,
  chain, life, attempt, started_at, retry_at, cancelled, trouble, ended_at, expires_at, output,
  problem, state, version;

-- name: invocation-clear
-- What held the same token before.
delete from detent_invocation
where machine = ?1 and instance_key = ?2 and token = ?3 and invocation_id <> ?4;

-- name: invocation-write
-- What was asked for never changes.
insert into detent_invocation (${invocation-columns})
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (invocation_id) do update set
  token = excluded.token, fingerprint = excluded.fingerprint, status = excluded.status,
  ordinal = excluded.ordinal, due_at = excluded.due_at, life = excluded.life,
  attempt = excluded.attempt, started_at = excluded.started_at, retry_at = excluded.retry_at,
  cancelled = excluded.cancelled, trouble = excluded.trouble, ended_at = excluded.ended_at,
  expires_at = excluded.expires_at, output = excluded.output, problem = excluded.problem,
  state = excluded.state, version = excluded.version;

-- name: invocation-by-token
select ${invocation-columns}
from detent_invocation where machine = ? and instance_key = ? and token = ?;

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
from detent_invocation indexed by detent_invocation_open
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
delete from detent_step
where invocation_id = ? and not (kind = 'send' and status = 'pending');

-- name: step-delete
delete from detent_step where invocation_id = ? and life = ? and position = ?;

-- name: step-write
insert into detent_step (${step-columns})
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (invocation_id, life, position) do update set
  partition_id = excluded.partition_id, kind = excluded.kind, name = excluded.name,
  status = excluded.status, child_id = excluded.child_id, child_machine = excluded.child_machine,
  child_key = excluded.child_key, child_command = excluded.child_command,
  child_input = excluded.child_input, child_chain = excluded.child_chain, value = excluded.value,
  problem = excluded.problem, changed_at = excluded.changed_at, due_at = excluded.due_at;

-- name: step-record
-- Only if it is not there yet.
insert into detent_step (${step-columns})
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
select epoch from detent_partition where partition_id = ?;

-- name: transact-invocation
select status, life from detent_invocation where invocation_id = ?;

-- name: joined-begin
-- What is written in somebody else's transaction can be taken back.
savepoint detent_joined;

-- name: joined-end
release savepoint detent_joined;

-- name: joined-undo
rollback to savepoint detent_joined;
release savepoint detent_joined;

-- name: joined-spoil
-- Not asked: a write ends only once it was counted.
select null;

-- name: joined-lock
-- The transaction is the only one that writes.
select partition_id, owner, epoch, seq, last_offset from detent_partition
where partition_id = ?;

-- name: joined-instances
${instance-select};

-- name: joined-busy
select machine, instance_key from detent_invocation
where status in ('queued', 'running', 'paused') and partition_id = ?3
  and machine = ?1 and instance_key = ?2
limit 1;

-- name: joined-last-at
select partition_id, occurred_at from detent_event
where event_place > ?1 << 40 and event_place < (?1 + 1) << 40
order by event_place desc limit 1;

-- name: joined-sight
-- Not asked: questions cost no round trip.
select null;

-- name: joined-fence
-- The owner's note of its last commit stays as it is.
update detent_partition
set seq = seq + 1, last_offset = last_offset + ?5, last_at = max(last_at, coalesce(?7, 0))
where partition_id = ?1 and epoch = ?2 and seq = ?3 and last_offset = ?4 and ?6 is not null;

-- name: joined-glance
-- Not asked: the transaction is the only one that writes.
select null;

-- name: joined-move
select null;

-- name: joined-move-alone
select null;

-- name: joined-move-event
select null;

-- name: joined-move-undo
select null;

-- name: joined-file
select file from pragma_database_list where name = 'main';

-- name: machine-rows
select machine, kind, hash, definition from detent_machine order by machine;

-- name: machine-write
insert into detent_machine (machine, kind, hash, definition) values (?, ?, ?, ?)
on conflict (machine) do update
set kind = excluded.kind, hash = excluded.hash, definition = excluded.definition;

-- name: consumer-insert
insert into detent_consumer (consumer, machines, states, paused, created_at)
values (?, ?, ?, 0, ?)
on conflict do nothing;

-- name: consumer-want
update detent_consumer set machines = ?, states = ? where consumer = ?;

-- name: consumer-pause
update detent_consumer set paused = 1 where consumer = ?;

-- name: consumer-resume
update detent_consumer set paused = 0 where consumer = ?;

-- name: consumer-delete
delete from detent_consumer where consumer = ?;

-- name: consumer-rows
select consumer, machines, states, paused, created_at from detent_consumer order by consumer;

-- name: consumer-rows-of
-- Consumers stand in a text, with commas.
select consumer, machines, states, paused, created_at from detent_consumer
where consumer in (
  select value from json_each('["' || replace(?1, ',', '","') || '"]'));

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
values (?, ?, ?, null, 0, 0, null, 0, ?)
on conflict do nothing;

-- name: cursor-lock
-- Before anything else: what is read afterwards is what those who held the rows have left.
select partition_id from detent_cursor where consumer = ? order by partition_id;

-- name: cursor-acquire
update detent_cursor
set owner = ?, epoch = epoch + 1
where consumer = ? and partition_id in (select value from json_each('[' || ? || ']'))
  and stopped = 0
  and (owner is null or owner = ?
    or not exists (
      select 1 from detent_worker w
      where w.worker_id = detent_cursor.owner and w.expires_at > ?
        and instr(',' || w.consumers || ',', ',' || detent_cursor.consumer || ',') > 0))
  and exists (
    select 1 from detent_consumer c where c.consumer = detent_cursor.consumer and c.paused = 0);

-- name: cursor-rows-owned
select ${cursor-columns} from detent_cursor where consumer = ? and owner = ?
order by partition_id;

-- name: cursor-row
select ${cursor-columns} from detent_cursor where consumer = ? and partition_id = ?;

-- name: cursor-rows-of
-- Consumers stand in a text, with commas.
select ${cursor-columns} from detent_cursor
where consumer in (
  select value from json_each('["' || replace(?1, ',', '","') || '"]'))
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
update detent_cursor set attempt = ?, trouble = ?, stopped = 1, owner = null
where consumer = ? and partition_id = ? and owner = ? and epoch = ? and event_offset = ?;

-- name: cursor-free
update detent_cursor set owner = null, epoch = epoch + 1 where consumer = ?;

-- name: cursor-restart
update detent_cursor set attempt = 0, trouble = null, stopped = 0
where consumer = ? and stopped = 1;

-- name: cursor-reset
update detent_cursor
set event_offset = ?, owner = null, epoch = epoch + 1, attempt = 0, trouble = null,
  stopped = 0, changed_at = ?
where consumer = ? and partition_id = ?;

-- name: cursor-delete
delete from detent_cursor where consumer = ?;

-- name: cursor-lags
-- The consumer, or an empty text for all. What is next is looked up only where there is something.
select c.consumer, c.partition_id, c.event_offset, c.owner, c.epoch, c.attempt, c.trouble,
  c.stopped, c.changed_at, p.last_offset,
  case when c.event_offset < p.last_offset then (
    select e.occurred_at from detent_event e
    where e.event_place > (c.partition_id << 40) + c.event_offset
      and e.event_place < (c.partition_id + 1) << 40
    order by e.event_place limit 1) end
from detent_cursor c join detent_partition p on p.partition_id = c.partition_id
where c.consumer = coalesce(nullif(?, ''), c.consumer)
order by c.consumer, c.partition_id;

-- name: letter-columns
consumer, partition_id, event_offset, machine, instance_key, event, attempt, problem, wanted,
  died_at;

-- name: letter-insert
insert into detent_dead_letter (${letter-columns})
values (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
on conflict (consumer, partition_id, event_offset) do update set
  attempt = excluded.attempt, problem = excluded.problem, wanted = excluded.wanted,
  died_at = excluded.died_at;

-- name: letter-again
update detent_dead_letter set attempt = ?, problem = ?, wanted = 0, died_at = ?
where consumer = ? and partition_id = ? and event_offset = ?;

-- name: letter-want
update detent_dead_letter set wanted = 1
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
where wanted = 1 and consumer in (
  select value from json_each('["' || replace(?1, ',', '","') || '"]'));

-- name: letter-counts
select consumer, count(*) from detent_dead_letter group by consumer order by consumer;

-- name: event-droppable
-- The oldest, which stand first: no more are looked at than may go. Of every partition one stays,
-- since its time must not be gone back behind.
select o.event_offset, o.machine, o.instance_key, o.version
from (
  select event_offset, machine, instance_key, version, occurred_at from detent_event
  where event_place > ?1 << 40 and event_place < (?1 + 1) << 40
  order by event_place limit ?2) o
where o.occurred_at < ?3
  and o.event_offset < (select last_offset from detent_partition where partition_id = ?4)
  and o.event_offset <= coalesce(
    (select min(event_offset) from detent_cursor where partition_id = ?5), o.event_offset)
order by o.event_offset;

-- name: event-drop
delete from detent_event where event_place > ?1 << 40 and event_place <= (?1 << 40) + ?2;

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
where floor_at = ? and event_offsets = ? and closed = 0;

-- name: stretch-close
update detent_stretch set closed = 1
where floor_at = ? and event_offsets = ? and closed = 0;

-- name: stretch-insert
insert into detent_stretch (floor_at, ceiling_at, event_offsets, closed)
values (?, ?, ?, 0)
on conflict do nothing;

-- name: stretch-delete
delete from detent_stretch where floor_at = ?;

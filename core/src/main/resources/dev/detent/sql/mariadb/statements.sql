-- What Detent says to MariaDB. A section begins with its name; a statement that writes or looks up
-- rows takes all of them at once, as a JSON array of arrays with the values in the order that
-- Shapes.java lists. Its columns are wider there than in the tables, so that a text that is too
-- long is refused and not cut. Tables are joined in the order and by the index that is written: a
-- small or new one would be read whole otherwise, and locked. ${NAME} stands for another section,
-- or for a number that is told when the store is opened.

-- name: session
-- For the session while it is lent for writing, by limits that follow from the lease. What was set
-- before is remembered, and put back at the end. A process that is stopped between fence and commit
-- must not hold the rows for as long as a lease.
set @detent_idle = coalesce(@detent_idle, @@idle_transaction_timeout),
  @detent_lock = coalesce(@detent_lock, @@innodb_lock_wait_timeout),
  @detent_statement = coalesce(@detent_statement, @@max_statement_time),
  @detent_mode = coalesce(@detent_mode, @@sql_mode),
  @detent_isolation = coalesce(@detent_isolation, @@tx_isolation),
  idle_transaction_timeout = ${idle-s},
  innodb_lock_wait_timeout = ${lock-s},
  max_statement_time = ${statement-s},
  sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
  tx_isolation = 'READ-COMMITTED';

-- name: session-end
set idle_transaction_timeout = cast(@detent_idle as integer),
  innodb_lock_wait_timeout = cast(@detent_lock as integer),
  max_statement_time = cast(@detent_statement as double),
  sql_mode = @detent_mode,
  tx_isolation = @detent_isolation,
  @detent_idle = null, @detent_lock = null, @detent_statement = null, @detent_mode = null,
  @detent_isolation = null;

-- name: transaction
-- The limits again, after a part without them.
set innodb_lock_wait_timeout = ${lock-s},
  max_statement_time = ${statement-s},
  sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION';

-- name: patience
-- For a transaction that others may fill: it may take long, but must not stand still.
set innodb_lock_wait_timeout = cast(@detent_lock as integer),
  max_statement_time = cast(@detent_statement as double),
  sql_mode = @detent_mode;

-- name: recover
-- Nothing to do: the server recovers by itself.
select 1;

-- name: facts
-- What commits are worth, and how long a statement may be.
select @@innodb_flush_log_at_trx_commit, @@log_bin, @@sync_binlog, @@max_allowed_packet;

-- name: ping
-- Whatever the time zone.
select timestampdiff(microsecond, '1970-01-01', utc_timestamp(6)) div 1000, count(*)
from detent_meta;

-- name: meta-exists
select count(*) from information_schema.tables
where table_schema = database() and table_name = 'detent_meta';

-- name: meta-lock
-- A migration may wait for another's, which takes long where tables are large.
set innodb_lock_wait_timeout = 3600, max_statement_time = 0;
insert into detent_meta (name, value) values ('lock', '')
on duplicate key update value = '';

-- name: meta-value
select value from detent_meta where name = ?;

-- name: meta-write
insert into detent_meta (name, value) values (?, ?)
on duplicate key update value = values(value);

-- name: partition-insert
insert into detent_partition (partition_id, epoch, seq, last_offset, last_at)
values (?, 0, 0, 0, 0);

-- name: partition-spread
-- Nothing to do: a row is found by its key, however few there are.
select 1;

-- name: partition-lock
select partition_id from detent_partition order by partition_id for update;

-- name: partition-lock-some
-- Partitions stand in a text, with commas.
select p.partition_id
from json_table(concat('[', ?, ']'), '$[*]' columns (partition_id integer path '$')) r
straight_join detent_partition p force index (primary) on p.partition_id = r.partition_id
order by p.partition_id for update;

-- name: partition-lock-free
-- Those whose owner is not alive.
select p.partition_id
from json_table(concat('[', ?, ']'), '$[*]' columns (partition_id integer path '$')) r
straight_join detent_partition p force index (primary) on p.partition_id = r.partition_id
where p.owner is null or p.owner = ?
  or not exists (select 1 from detent_node n where n.node_id = p.owner and n.expires_at > ?)
order by p.partition_id for update;

-- name: partition-lock-idle
-- The same without those that somebody else has locked.
select p.partition_id
from json_table(concat('[', ?, ']'), '$[*]' columns (partition_id integer path '$')) r
straight_join detent_partition p force index (primary) on p.partition_id = r.partition_id
where p.owner is null or p.owner = ?
  or not exists (select 1 from detent_node n where n.node_id = p.owner and n.expires_at > ?)
order by p.partition_id for update skip locked;

-- name: partition-acquire
-- The rows are locked; but who is alive is looked at again, since that may have taken time.
update (select ? as partitions, ? as owner, ? as now_ms) a
straight_join json_table(concat('[', a.partitions, ']'), '$[*]'
  columns (partition_id integer path '$')) r
straight_join detent_partition p force index (primary) on p.partition_id = r.partition_id
set p.owner = a.owner, p.epoch = p.epoch + 1, p.fenced_batch = p.owner_batch
where p.owner is null or p.owner = a.owner
  or not exists (
    select 1 from detent_node n where n.node_id = p.owner and n.expires_at > a.now_ms);

-- name: partition-release
update json_table(?, '$[*]' columns (
  partition_id integer path '$[0]', epoch bigint path '$[1]')) r
straight_join detent_partition p force index (primary)
  on p.partition_id = r.partition_id and p.epoch = r.epoch
set p.owner = null;

-- name: partition-rows-of
select partition_id, owner, epoch, seq, last_offset from detent_partition
where find_in_set(partition_id, ?) and owner = ?
order by partition_id;

-- name: partition-rows
select partition_id, owner, epoch, seq, last_offset from detent_partition order by partition_id;

-- name: partition-outcome
-- Waits until a transaction that still holds the row has ended.
select epoch, owner_batch, fenced_batch from detent_partition where partition_id = ? for update;

-- name: node-write
insert into detent_node (node_id, address, started_at, expires_at, machines)
values (?, ?, ?, ?, ?)
on duplicate key update
  address = values(address), expires_at = values(expires_at), machines = values(machines);

-- name: node-delete
delete from detent_node where node_id = ?;

-- name: membership
-- Nodes, then partitions; in one statement, so that both are of the same moment.
select 0 as kind, 0 as place, node_id, address, started_at, expires_at, 0 as last_offset, machines
from detent_node
union all
select 1, partition_id, owner, null, epoch, seq, last_offset, null
from detent_partition
order by kind, place, node_id;

-- name: partition-bump
update detent_partition set seq = seq + 1;

-- name: fence-lock
-- Those that nobody else has locked.
select p.partition_id
from json_table(?, '$[*]' columns (partition_id integer path '$[0]')) r
straight_join detent_partition p force index (primary) on p.partition_id = r.partition_id
order by p.partition_id for update skip locked;

-- name: fence
update json_table(?, '$[*]' columns (
  partition_id integer path '$[0]', epoch bigint path '$[1]', seq bigint path '$[2]',
  last_offset bigint path '$[3]', events bigint path '$[4]', batch varbinary(1024) path '$[5]',
  last_at bigint path '$[6]')) f
straight_join detent_partition p force index (primary)
  on p.partition_id = f.partition_id and p.epoch = f.epoch and p.seq = f.seq
  and p.last_offset = f.last_offset
set p.seq = p.seq + 1, p.last_offset = p.last_offset + f.events, p.owner_batch = f.batch,
  p.last_at = greatest(p.last_at, coalesce(f.last_at, 0));

-- name: instance-insert
insert into detent_instance (machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id, last_offset)
select w.*
from json_table(?, '$[*]' columns (
  machine varbinary(1024) path '$[0]', instance_key varbinary(1024) path '$[1]',
  partition_id integer path '$[2]', state varbinary(1024) path '$[3]',
  data longtext character set utf8mb4 path '$[4]', version bigint path '$[5]',
  definition varbinary(1024) path '$[6]', created_at bigint path '$[7]',
  updated_at bigint path '$[8]', entered_at bigint path '$[9]', timers integer path '$[10]',
  invocation_id varbinary(1024) path '$[11]', last_offset bigint path '$[12]')) w;

-- name: instance-update
update json_table(?, '$[*]' columns (
  machine varbinary(1024) path '$[0]', instance_key varbinary(1024) path '$[1]',
  state varbinary(1024) path '$[2]', data longtext character set utf8mb4 path '$[3]',
  version bigint path '$[4]', definition varbinary(1024) path '$[5]',
  updated_at bigint path '$[6]', entered_at bigint path '$[7]', timers integer path '$[8]',
  invocation_id varbinary(1024) path '$[9]', last_offset bigint path '$[10]',
  expected bigint path '$[11]')) w
straight_join detent_instance i force index (primary)
  on i.machine = w.machine and i.instance_key = w.instance_key and i.version = w.expected
set i.state = w.state, i.data = w.data, i.version = w.version, i.definition = w.definition,
  i.updated_at = w.updated_at, i.entered_at = w.entered_at, i.timers = w.timers,
  i.invocation_id = w.invocation_id, i.last_offset = coalesce(w.last_offset, i.last_offset);

-- name: instance-select
select i.machine, i.instance_key, i.partition_id, i.state, i.data, i.version,
  i.definition, i.created_at, i.updated_at, i.entered_at, i.timers, i.invocation_id
from json_table(?, '$[*]' columns (
  machine varbinary(1024) path '$[0]', instance_key varbinary(1024) path '$[1]')) k
straight_join detent_instance i force index (primary)
  on i.machine = k.machine and i.instance_key = k.instance_key;

-- name: instance-page
-- What was deleted is in the state DEL, U+007F, and is not listed.
select machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id
from detent_instance where machine = ? and instance_key > ? and state <> x'7f'
order by instance_key limit ?;

-- name: instance-page-in-state
select machine, instance_key, partition_id, state, data, version,
  definition, created_at, updated_at, entered_at, timers, invocation_id
from detent_instance where machine = ? and state = ? and instance_key > ?
order by instance_key limit ?;

-- name: instance-counts
select state, count(*) from detent_instance where machine = ? and state <> x'7f'
group by state order by state;

-- name: event-insert
-- A previous place that is not known here stands in the instance, which is updated later.
insert into detent_event (partition_id, event_offset, machine, instance_key, version, command,
  from_state, to_state, input, occurred_at, cause, forced, metadata, previous_offset)
select w.partition_id, w.event_offset, w.machine, w.instance_key, w.version, w.command,
  w.from_state, w.to_state, w.input, w.occurred_at, w.cause, w.forced,
  w.metadata, coalesce(w.previous_offset, i.last_offset, 0)
from json_table(?, '$[*]' columns (
  partition_id integer path '$[0]', event_offset bigint path '$[1]',
  machine varbinary(1024) path '$[2]', instance_key varbinary(1024) path '$[3]',
  version bigint path '$[4]', command varbinary(1024) path '$[5]',
  from_state varbinary(1024) path '$[6]', to_state varbinary(1024) path '$[7]',
  input longtext character set utf8mb4 path '$[8]', occurred_at bigint path '$[9]',
  cause varbinary(1024) path '$[10]', forced boolean path '$[11]',
  metadata longtext character set utf8mb4 path '$[12]',
  previous_offset bigint path '$[13]')) w
left join detent_instance i force index (primary)
  on w.previous_offset is null and i.machine = w.machine and i.instance_key = w.instance_key;

-- name: milestone-insert
insert into detent_milestone (machine, instance_key, version, event_offset)
select w.*
from json_table(?, '$[*]' columns (
  machine varbinary(1024) path '$[0]', instance_key varbinary(1024) path '$[1]',
  version bigint path '$[2]', event_offset bigint path '$[3]')) w;

-- name: event-page
select partition_id, event_offset, machine, instance_key, version, command,
  from_state, to_state, input, occurred_at, cause, forced, metadata
from detent_event where partition_id = ? and event_offset > ?
order by event_offset limit ?;

-- name: event-history
-- Asked for machine, key, after which version, and the last version wanted. From the milestone at
-- or above the last, or from the last event, back along the chain; it takes a step for each event,
-- and the server would end it after 1,000 without a word.
set statement max_recursive_iterations = 1000000 for
with recursive wanted as (
  select ? as machine, ? as instance_key, ? as low, ? as high
), chain as (
  select e.partition_id, e.event_offset, e.version, e.previous_offset
  from wanted w
  straight_join detent_instance i force index (primary)
    on i.machine = w.machine and i.instance_key = w.instance_key
  straight_join detent_event e force index (primary)
    on e.partition_id = i.partition_id and e.event_offset = coalesce(
      (select s.event_offset from detent_milestone s
        where s.machine = w.machine and s.instance_key = w.instance_key and s.version >= w.high
        order by s.version limit 1),
      i.last_offset)
  union all
  select e.partition_id, e.event_offset, e.version, e.previous_offset
  from chain c
  straight_join wanted w on c.version - 1 > w.low
  straight_join detent_event e force index (primary)
    on e.partition_id = c.partition_id and e.event_offset = c.previous_offset
)
select e.partition_id, e.event_offset, e.machine, e.instance_key, e.version, e.command,
  e.from_state, e.to_state, e.input, e.occurred_at, e.cause, e.forced, e.metadata
from wanted w
straight_join chain c on c.version > w.low and c.version <= w.high
straight_join detent_event e force index (primary)
  on e.partition_id = c.partition_id and e.event_offset = c.event_offset
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
select w.*
from json_table(?, '$[*]' columns (
  machine varbinary(1024) path '$[0]', instance_key varbinary(1024) path '$[1]',
  version bigint path '$[2]', name varbinary(1024) path '$[3]',
  partition_id integer path '$[4]', due_at bigint path '$[5]',
  invocation_id varbinary(1024) path '$[6]')) w
on duplicate key update due_at = values(due_at), invocation_id = values(invocation_id);

-- name: timer-delete
delete t
from json_table(?, '$[*]' columns (
  machine varbinary(1024) path '$[0]', instance_key varbinary(1024) path '$[1]',
  version bigint path '$[2]', name varbinary(1024) path '$[3]')) d
straight_join detent_timer t force index (primary)
  on t.machine = d.machine and t.instance_key = d.instance_key and t.version = d.version
  and t.name = coalesce(d.name, t.name);

-- name: timer-due
-- Partitions stand in a text, with commas. The index leads by time, so that it ends at the limit.
select machine, instance_key, version, name, partition_id, due_at, invocation_id
from detent_timer force index (detent_timer_due)
where find_in_set(partition_id, ?) and due_at <= ?
order by due_at limit ?;

-- name: invocation-columns
invocation_id, machine, instance_key, partition_id, command, input, token, fingerprint,
  precondition, status, kind, ordinal, created_at, due_at, parent_id, parent_life, parent_position,
  chain, life, attempt, started_at, retry_at, cancelled, trouble, ended_at, expires_at, output,
  problem, state, version;

-- name: invocation-clear
-- What held the same token before.
delete i
from json_table(?, '$[*]' columns (
  machine varbinary(1024) path '$[0]', instance_key varbinary(1024) path '$[1]',
  token varbinary(1024) path '$[2]', invocation_id varbinary(1024) path '$[3]')) c
straight_join detent_invocation i force index (detent_invocation_token)
  on i.machine = c.machine and i.instance_key = c.instance_key and i.token = c.token
  and i.invocation_id <> c.invocation_id;

-- name: invocation-write
-- What was asked for never changes.
insert into detent_invocation (${invocation-columns})
select w.*
from json_table(?, '$[*]' columns (
  invocation_id varbinary(1024) path '$[0]', machine varbinary(1024) path '$[1]',
  instance_key varbinary(1024) path '$[2]', partition_id integer path '$[3]',
  command varbinary(1024) path '$[4]', input longtext character set utf8mb4 path '$[5]',
  token varbinary(1024) path '$[6]', fingerprint varbinary(1024) path '$[7]',
  precondition varbinary(1024) path '$[8]', status varbinary(1024) path '$[9]',
  kind varbinary(1024) path '$[10]', ordinal bigint path '$[11]',
  created_at bigint path '$[12]', due_at bigint path '$[13]',
  parent_id varbinary(1024) path '$[14]', parent_life integer path '$[15]',
  parent_position varbinary(1024) path '$[16]',
  chain longtext character set utf8mb4 path '$[17]', life integer path '$[18]',
  attempt integer path '$[19]', started_at bigint path '$[20]', retry_at bigint path '$[21]',
  cancelled boolean path '$[22]', trouble longtext character set utf8mb4 path '$[23]',
  ended_at bigint path '$[24]', expires_at bigint path '$[25]',
  output longtext character set utf8mb4 path '$[26]',
  problem longtext character set utf8mb4 path '$[27]', state varbinary(1024) path '$[28]',
  version bigint path '$[29]')) w
on duplicate key update
  token = values(token), fingerprint = values(fingerprint), status = values(status),
  ordinal = values(ordinal), due_at = values(due_at), life = values(life),
  attempt = values(attempt), started_at = values(started_at), retry_at = values(retry_at),
  cancelled = values(cancelled), trouble = values(trouble), ended_at = values(ended_at),
  expires_at = values(expires_at), output = values(output), problem = values(problem),
  state = values(state), version = values(version);

-- name: invocation-by-token
select i.invocation_id, i.machine, i.instance_key, i.partition_id, i.command, i.input, i.token,
  i.fingerprint, i.precondition, i.status, i.kind, i.ordinal, i.created_at, i.due_at, i.parent_id,
  i.parent_life, i.parent_position, i.chain, i.life, i.attempt, i.started_at, i.retry_at,
  i.cancelled, i.trouble, i.ended_at, i.expires_at, i.output, i.problem, i.state, i.version
from json_table(?, '$[*]' columns (
  machine varbinary(1024) path '$[0]', instance_key varbinary(1024) path '$[1]',
  token varbinary(1024) path '$[2]')) k
straight_join detent_invocation i force index (detent_invocation_token)
  on i.machine = k.machine and i.instance_key = k.instance_key and i.token = k.token;

-- name: invocation-by-id
select ${invocation-columns}
from detent_invocation where invocation_id = ?;

-- name: invocation-open
-- The first comparison of a name is what the index is entered by: rows of values don't do that.
select ${invocation-columns}
from (select ? as in_partition, ? as last_machine, ? as last_key, ? as last_ordinal, ? as last_id) l
straight_join detent_invocation force index (detent_invocation_open)
  on open_partition_id = in_partition and machine >= last_machine
where machine > last_machine or instance_key > last_key
  or instance_key = last_key and (ordinal > last_ordinal
    or ordinal = last_ordinal and invocation_id > last_id)
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
from detent_invocation where status = ? and invocation_id > ? order by invocation_id limit ?;

-- name: invocation-page-of-few
select ${invocation-columns}
from detent_invocation where status = ? and invocation_id > ? order by invocation_id limit ?;

-- name: invocation-purge
-- One whose answer or acknowledgement is still awaited stays.
delete i
from (
  select e.invocation_id from detent_invocation e
  where e.expires_at <= ? and e.ended_at is not null
    and not exists (
      select 1 from detent_step s
      where s.invocation_id = e.parent_id and s.life = e.parent_life
        and s.position = e.parent_position and s.status = 'pending')
  order by e.expires_at limit ?) d
straight_join detent_invocation i force index (primary) on i.invocation_id = d.invocation_id;

-- name: step-columns
invocation_id, life, position, partition_id, kind, name, status, child_id, child_machine,
  child_key, child_command, child_input, child_chain, value, problem, changed_at, due_at;

-- name: journal-delete
delete s
from json_table(?, '$[*]' columns (invocation_id varbinary(1024) path '$[0]')) d
straight_join detent_step s force index (primary)
  on s.invocation_id = d.invocation_id and not (s.kind = 'send' and s.status = 'pending');

-- name: step-delete
delete s
from json_table(?, '$[*]' columns (
  invocation_id varbinary(1024) path '$[0]', life integer path '$[1]',
  position varbinary(1024) path '$[2]')) d
straight_join detent_step s force index (primary)
  on s.invocation_id = d.invocation_id and s.life = d.life and s.position = d.position;

-- name: step-write
insert into detent_step (${step-columns})
select w.*
from json_table(?, '$[*]' columns (
  invocation_id varbinary(1024) path '$[0]', life integer path '$[1]',
  position varbinary(1024) path '$[2]', partition_id integer path '$[3]',
  kind varbinary(1024) path '$[4]', name longtext character set utf8mb4 path '$[5]',
  status varbinary(1024) path '$[6]', child_id varbinary(1024) path '$[7]',
  child_machine varbinary(1024) path '$[8]', child_key varbinary(1024) path '$[9]',
  child_command varbinary(1024) path '$[10]',
  child_input longtext character set utf8mb4 path '$[11]',
  child_chain longtext character set utf8mb4 path '$[12]',
  value longtext character set utf8mb4 path '$[13]',
  problem longtext character set utf8mb4 path '$[14]', changed_at bigint path '$[15]',
  due_at bigint path '$[16]')) w
on duplicate key update
  partition_id = values(partition_id), kind = values(kind), name = values(name),
  status = values(status), child_id = values(child_id), child_machine = values(child_machine),
  child_key = values(child_key), child_command = values(child_command),
  child_input = values(child_input), child_chain = values(child_chain), value = values(value),
  problem = values(problem), changed_at = values(changed_at), due_at = values(due_at);

-- name: step-record
-- Only if it is not there yet.
insert into detent_step (${step-columns})
select w.*
from json_table(?, '$[*]' columns (
  invocation_id varbinary(1024) path '$[0]', life integer path '$[1]',
  position varbinary(1024) path '$[2]', partition_id integer path '$[3]',
  kind varbinary(1024) path '$[4]', name longtext character set utf8mb4 path '$[5]',
  status varbinary(1024) path '$[6]', child_id varbinary(1024) path '$[7]',
  child_machine varbinary(1024) path '$[8]', child_key varbinary(1024) path '$[9]',
  child_command varbinary(1024) path '$[10]',
  child_input longtext character set utf8mb4 path '$[11]',
  child_chain longtext character set utf8mb4 path '$[12]',
  value longtext character set utf8mb4 path '$[13]',
  problem longtext character set utf8mb4 path '$[14]', changed_at bigint path '$[15]',
  due_at bigint path '$[16]')) w;

-- name: step-rows
select ${step-columns}
from detent_step where invocation_id = ?;

-- name: step-row
select ${step-columns}
from detent_step where invocation_id = ? and life = ? and position = ?;

-- name: step-pending
select ${step-columns}
from (select ? as in_partition, ? as last_id, ? as last_life, ? as last_position) l
straight_join detent_step force index (detent_step_pending)
  on partition_id = in_partition and status = 'pending' and invocation_id >= last_id
where invocation_id > last_id or life > last_life or life = last_life and position > last_position
order by invocation_id, life, position limit ?;

-- name: transact-begin
-- It is gone if the user ends the transaction. The driver sends a commit only if the server said
-- that a transaction has begun.
start transaction;
savepoint detent_transact;

-- name: transact-end
release savepoint detent_transact;

-- name: transact-fence
-- Waits for a commit of the owner, and keeps the next one waiting until this one is in.
select epoch from detent_partition where partition_id = ? lock in share mode;

-- name: transact-invocation
select status, life from detent_invocation where invocation_id = ? lock in share mode;

-- name: joined-begin
-- What is written in somebody else's transaction can be taken back; and nothing is cut, whatever
-- that one's sql_mode allows.
set @detent_joined_mode = coalesce(@detent_joined_mode, @@sql_mode),
  sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION';
savepoint detent_joined;

-- name: joined-end
set sql_mode = @detent_joined_mode, @detent_joined_mode = null;
release savepoint detent_joined;

-- name: joined-undo
set sql_mode = coalesce(@detent_joined_mode, @@sql_mode), @detent_joined_mode = null;
rollback to savepoint detent_joined;
release savepoint detent_joined;

-- name: joined-spoil
-- Not asked: a write ends only once it was counted.
select null;

-- name: joined-lock
select p.partition_id, p.owner, p.epoch, p.seq, p.last_offset
from json_table(?, '$[*]' columns (partition_id integer path '$[0]')) r
straight_join detent_partition p force index (primary) on p.partition_id = r.partition_id
order by p.partition_id for update;

-- name: joined-instances
-- A transaction of REPEATABLE READ would see what was true when it first read; only a read that
-- locks sees what is true now.
${instance-select} lock in share mode;

-- name: joined-busy
select distinct k.machine, k.instance_key
from json_table(?, '$[*]' columns (
  machine varbinary(1024) path '$[0]', instance_key varbinary(1024) path '$[1]',
  partition_id integer path '$[2]')) k
straight_join detent_invocation i force index (detent_invocation_open)
  on i.open_partition_id = k.partition_id and i.machine = k.machine
  and i.instance_key = k.instance_key
lock in share mode;

-- name: joined-last-at
-- Of every partition the last event stays, however old.
select p.partition_id, e.occurred_at
from json_table(?, '$[*]' columns (partition_id integer path '$[0]')) r
straight_join detent_partition p force index (primary) on p.partition_id = r.partition_id
straight_join detent_event e force index (primary)
  on e.partition_id = p.partition_id and e.event_offset = p.last_offset
lock in share mode;

-- name: joined-sight
-- Not asked: only reads that lock tell the truth, and none reaches into its subqueries.
select null;

-- name: joined-fence
-- The owner's note of its last commit stays as it is.
update json_table(?, '$[*]' columns (
  partition_id integer path '$[0]', epoch bigint path '$[1]', seq bigint path '$[2]',
  last_offset bigint path '$[3]', events bigint path '$[4]', batch varbinary(1024) path '$[5]',
  last_at bigint path '$[6]')) f
straight_join detent_partition p force index (primary)
  on p.partition_id = f.partition_id and p.epoch = f.epoch and p.seq = f.seq
  and p.last_offset = f.last_offset
set p.seq = p.seq + 1, p.last_offset = p.last_offset + f.events,
  p.last_at = greatest(p.last_at, coalesce(f.last_at, 0));

-- name: joined-glance
-- Not asked: no update tells what it wrote, and other reads see the past.
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
-- Not asked: a database is not a file.
select null;

-- name: machine-rows
select machine, kind, hash, definition from detent_machine order by machine;

-- name: machine-write
insert into detent_machine (machine, kind, hash, definition) values (?, ?, ?, ?)
on duplicate key update
  kind = values(kind), hash = values(hash), definition = values(definition);

-- name: consumer-insert
-- What it ignores besides one that is there can't be: names are short, the rest is never cut.
insert ignore into detent_consumer (consumer, machines, states, paused, created_at)
values (?, ?, ?, false, ?);

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
where find_in_set(consumer, ?);

-- name: worker-write
insert into detent_worker (worker_id, consumers, started_at, expires_at)
values (?, ?, ?, ?)
on duplicate key update consumers = values(consumers), expires_at = values(expires_at);

-- name: worker-delete
delete from detent_worker where worker_id = ?;

-- name: worker-clear
delete from detent_worker;

-- name: worker-rows
select worker_id, consumers, started_at, expires_at from detent_worker order by worker_id;

-- name: cursor-columns
consumer, partition_id, event_offset, owner, epoch, attempt, trouble, stopped, changed_at;

-- name: cursor-insert
insert ignore into detent_cursor (${cursor-columns})
values (?, ?, ?, null, 0, 0, null, false, ?);

-- name: cursor-lock
-- Before anything else: what is read afterwards is what those who held the rows have left.
select partition_id from detent_cursor where consumer = ? order by partition_id for update;

-- name: cursor-acquire
update detent_cursor
set owner = ?, epoch = epoch + 1
where consumer = ? and find_in_set(partition_id, ?) and not stopped
  and (owner is null or owner = ?
    or not exists (
      select 1 from detent_worker w
      where w.worker_id = detent_cursor.owner and w.expires_at > ?
        and find_in_set(detent_cursor.consumer, w.consumers)))
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
where find_in_set(consumer, ?)
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
-- The consumer, or an empty text for all. The next event is looked up only where there is one: it
-- has the next offset or, where that was dropped, is the oldest. Asked for one above, the server
-- would read all below.
select c.consumer, c.partition_id, c.event_offset, c.owner, c.epoch, c.attempt, c.trouble,
  c.stopped, c.changed_at, p.last_offset,
  case when c.event_offset < p.last_offset then coalesce(
    (select e.occurred_at from detent_event e
      where e.partition_id = c.partition_id and e.event_offset = c.event_offset + 1),
    (select e.occurred_at from detent_event e
      where e.partition_id = c.partition_id order by e.event_offset limit 1)) end
from detent_cursor c join detent_partition p on p.partition_id = c.partition_id
where c.consumer = coalesce(nullif(?, ''), c.consumer)
order by c.consumer, c.partition_id;

-- name: letter-columns
consumer, partition_id, event_offset, machine, instance_key, event, attempt, problem, wanted,
  died_at;

-- name: letter-insert
insert into detent_dead_letter (${letter-columns})
values (?, ?, ?, ?, ?, ?, ?, ?, false, ?)
on duplicate key update
  attempt = values(attempt), problem = values(problem), wanted = values(wanted),
  died_at = values(died_at);

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
where wanted and find_in_set(consumer, ?);

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
insert ignore into detent_stretch (floor_at, ceiling_at, event_offsets, closed)
values (?, ?, ?, false);

-- name: stretch-delete
delete from detent_stretch where floor_at = ?;

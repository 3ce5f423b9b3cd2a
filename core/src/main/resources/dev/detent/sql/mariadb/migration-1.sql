-- Detent's tables on MariaDB, schema 1. Times are milliseconds since 1970 UTC; documents are JSON
-- text, kept as it came. Names and keys are the bytes of their UTF-8, which compare as such. Read
-- them as you like; write to them only through Detent. Each statement can be repeated, since none
-- is part of a transaction.

-- what holds for the store as a whole: schema, partitions, format
create table if not exists detent_meta (
  name varbinary(255) not null primary key,
  value longtext not null
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'what holds for the store as a whole: schema, partitions, format';

-- hash slices of all instances; each has one owner and an order of events of its own
create table if not exists detent_partition (
  partition_id integer not null primary key, -- from 0
  owner varbinary(255),                    -- the node that owns it
  epoch bigint not null,                   -- how often it changed hands
  seq bigint not null,                     -- how many commits it has had: with epoch, the fence
  last_offset bigint not null,             -- the offset of its last event; 0 before the first
  last_at bigint not null,                 -- a time before which no later event will be
  owner_batch varbinary(255),              -- the owner's last commit
  fenced_batch varbinary(255)              -- owner_batch as it was when it last changed hands
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'hash slices of all instances; each has one owner and an order of events of its own';

-- one row for each instance that has had an event
create table if not exists detent_instance (
  machine varbinary(64) not null,          -- the machine's name
  instance_key varbinary(256) not null,    -- the user's name of the instance
  partition_id integer not null,           -- its partition, a hash of the two above
  state varbinary(255) not null,           -- the state it is in; DEL (U+007F) if it was deleted
  data longtext not null,                  -- what it holds, a JSON object
  version bigint not null,                 -- how many events it has had
  definition varbinary(255) not null,      -- hash of the definition under which it was written
  created_at bigint not null,              -- when its first event was
  updated_at bigint not null,              -- when its last event was
  entered_at bigint not null,              -- when it entered its state
  timers integer not null,                 -- how many state timers it has running
  last_offset bigint not null,             -- place of its last event in the partition
  invocation_id varbinary(255),            -- the invocation that runs on it
  primary key (machine, instance_key)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'one row for each instance that has had an event';

-- one row for each transition, for as long as events are kept
create table if not exists detent_event (
  partition_id integer not null,           -- the instance's partition
  event_offset bigint not null,            -- its place: 1, 2, 3, … without gaps
  machine varbinary(64) not null,          -- the machine's name
  instance_key varbinary(256) not null,    -- the user's name of the instance
  version bigint not null,                 -- the instance's version after it: 1, 2, 3, …
  command varbinary(255),                  -- the command; null for a timeout
  from_state varbinary(255),               -- the state before; null for the first event
  to_state varbinary(255) not null,        -- the state after
  input longtext not null,                 -- the command's input, JSON
  occurred_at bigint not null,             -- when; never goes back within a partition
  cause varbinary(16) not null,            -- command, after or send
  forced boolean not null,                 -- whether it went where no declared transition leads
  metadata longtext,                       -- what the caller said about it, JSON
  previous_offset bigint not null,         -- place of the instance's event before; 0 if none
  primary key (partition_id, event_offset)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'one row for each transition, for as long as events are kept';

-- a way into the chain of an instance's events: every 64th of them. An index over all events by
-- key would cost more than everything else of a commit, since each event would touch a page of its
-- own.
create table if not exists detent_milestone (
  machine varbinary(64) not null,          -- the machine's name
  instance_key varbinary(256) not null,    -- the user's name of the instance
  version bigint not null,                 -- the event's version, a multiple of 64
  event_offset bigint not null,            -- the event's place in the instance's partition
  primary key (machine, instance_key, version)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'a way into the chain of an instance''s events: every 64th of them';

-- what is due some day: timeouts of states, delayed sends
create table if not exists detent_timer (
  machine varbinary(64) not null,          -- the machine's name
  instance_key varbinary(256) not null,    -- the user's name of the instance
  version bigint not null,                 -- the version it was set at; 0 for a delayed send
  name varbinary(255) not null,            -- the timeout's name, or the invocation's id
  partition_id integer not null,           -- the instance's partition
  due_at bigint not null,                  -- when; it never fires earlier
  invocation_id varbinary(255),            -- the delayed send; null for a timeout
  primary key (machine, instance_key, version, name),
  key detent_timer_due (due_at, partition_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'what is due some day: timeouts of states, delayed sends';

-- runs of handlers, commands that wait for their turn, delayed sends, and the kept answers to
-- commands
create table if not exists detent_invocation (
  invocation_id varbinary(255) not null,   -- its name
  machine varbinary(64) not null,          -- the machine's name
  instance_key varbinary(256) not null,    -- the user's name of the instance
  partition_id integer not null,           -- the instance's partition
  command varbinary(255) not null,         -- the command; of a timeout its name
  input longtext not null,                 -- its input, JSON
  token varbinary(255),                    -- the caller's idempotency key
  fingerprint varbinary(255),              -- of command and input, to tell a repeat from a misuse
  precondition varbinary(255),             -- the version that it expects; * for any
  status varbinary(16) not null,           -- scheduled, queued, running, paused, or how it ended
  kind varbinary(16) not null,             -- call, send or after
  ordinal bigint not null,                 -- place in its instance's queue
  created_at bigint not null,              -- when it was accepted
  due_at bigint not null,                  -- when it is to run
  parent_id varbinary(255),                -- the invocation whose handler asked for it
  parent_life integer,                     -- the life of that in which it asked
  parent_position varbinary(255),          -- the entry of that one's journal
  chain longtext,                          -- the instances that wait for its answer, JSON
  life integer not null,                   -- how often it was begun anew, from 0
  attempt integer not null,                -- how many attempts in a row have failed
  started_at bigint not null,              -- when it first started in this life; 0 before
  retry_at bigint not null,                -- when the next attempt is due; 0 for at once
  cancelled boolean not null,              -- whether somebody wants it to be cancelled
  trouble longtext,                        -- why the last attempt failed or it is paused, JSON
  ended_at bigint,                         -- when it ended
  expires_at bigint,                       -- from when on it may be forgotten
  output longtext,                         -- the answer, JSON
  problem longtext,                        -- why it failed, JSON
  state varbinary(255),                    -- the instance's state after it
  version bigint not null,                 -- the instance's version after it; 0 before
  open_partition_id integer                -- the partition while it stands in the queue
    generated always as
      (case when status in ('queued', 'running', 'paused') then partition_id end) stored,
  primary key (invocation_id),
  unique key detent_invocation_token (machine, instance_key, token),
  key detent_invocation_expires (expires_at),
  -- what stands in the queue of an instance
  key detent_invocation_open
    (open_partition_id, machine, instance_key, ordinal, invocation_id),
  key detent_invocation_status (status, invocation_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'runs of handlers, commands that wait for their turn, delayed sends, kept answers';

-- journals: one row for each side effect or wait of an invocation that has not ended, and for each
-- send of an ended one that is not delivered yet
create table if not exists detent_step (
  invocation_id varbinary(255) not null,   -- the invocation
  life integer not null,                   -- the life of the invocation that it belongs to
  position varbinary(255) not null,        -- its place: 0, 1, … in the handler's order
  partition_id integer not null,           -- the invocation's partition
  kind varbinary(16) not null,             -- step, transact, sleep, call, send, awakeable, …
  name longtext not null,                  -- what the handler calls it
  status varbinary(16) not null,           -- pending, completed or failed
  child_id varbinary(255),                 -- call, send: the invocation that it asks for
  child_machine varbinary(64),             -- call, send: the machine's name
  child_key varbinary(256),                -- call, send: the instance
  child_command varbinary(255),            -- call, send: the command
  child_input longtext,                    -- call, send: the command's input, JSON
  child_chain longtext,                    -- call: the instances that wait for the answer, JSON
  value longtext,                          -- its result, JSON
  problem longtext,                        -- its final failure, JSON
  changed_at bigint not null,              -- when it last changed
  due_at bigint,                           -- when a sleep ends, or an awakeable's deadline
  primary key (invocation_id, life, position),
  -- what is waited for, or to be delivered
  key detent_step_pending (partition_id, status, invocation_id, life, position)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'journals: one row for each side effect or wait of an invocation that has not ended';

-- processes that share the store
create table if not exists detent_node (
  node_id varbinary(255) not null,         -- its name, new with each start
  address varbinary(255) not null,         -- where other nodes reach it, host:port
  started_at bigint not null,              -- when it started
  expires_at bigint not null,              -- until when it counts as alive
  machines longtext not null,              -- what it has code for: hashes by name, a JSON object
  primary key (node_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'processes that share the store';

-- the definitions that instances live under
create table if not exists detent_machine (
  machine varbinary(64) not null primary key, -- the machine's name
  kind varbinary(16) not null,             -- java, code, json or built-in
  hash varbinary(255) not null,            -- the definition's hash
  definition longtext not null             -- the definition, JSON
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'the definitions that instances live under';

-- named readers of events
create table if not exists detent_consumer (
  consumer varbinary(255) not null primary key, -- its name
  machines longtext not null,              -- whose events it wants, a JSON array; empty for all
  states longtext not null,                -- entering what it wants to hear of, JSON array
  paused boolean not null,                 -- whether somebody has paused it
  created_at bigint not null               -- when it first started
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'named readers of events';

-- processes that run consumers
create table if not exists detent_worker (
  worker_id varbinary(255) not null primary key, -- its name, new with each start
  consumers longtext not null,             -- the consumers that it runs, with commas
  started_at bigint not null,              -- when it started
  expires_at bigint not null               -- until when it counts as alive
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'processes that run consumers';

-- how far each consumer is in each partition
create table if not exists detent_cursor (
  consumer varbinary(255) not null,        -- the consumer
  partition_id integer not null,           -- the partition
  event_offset bigint not null,            -- the last event that it is done with; 0 before
  owner varbinary(255),                    -- the worker that reads on
  epoch bigint not null,                   -- how often it changed hands, was paused or reset
  attempt integer not null,                -- how often in a row the next event has failed
  trouble longtext,                        -- why it failed last time, JSON
  stopped boolean not null,                -- whether it gave up on the next event
  changed_at bigint not null,              -- when it last moved
  primary key (consumer, partition_id)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'how far each consumer is in each partition';

-- events that a consumer gave up on
create table if not exists detent_dead_letter (
  consumer varbinary(255) not null,        -- the consumer
  partition_id integer not null,           -- the event's partition
  event_offset bigint not null,            -- the event's place
  machine varbinary(64) not null,          -- the machine's name
  instance_key varbinary(256) not null,    -- the user's name of the instance
  event longtext not null,                 -- the event, JSON; it stays when the log drops it
  attempt integer not null,                -- how often it was tried
  problem longtext not null,               -- why it failed last time, JSON
  wanted boolean not null,                 -- whether somebody wants it to be tried again
  died_at bigint not null,                 -- when it last failed
  primary key (consumer, partition_id, event_offset),
  -- what is to be tried again
  key detent_dead_letter_wanted (wanted, consumer)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'events that a consumer gave up on';

-- the lasting order of all events, in stretches that were shown to readers
create table if not exists detent_stretch (
  floor_at bigint not null,                -- its first time: earlier events in it count as of then
  ceiling_at bigint not null,              -- its last time
  event_offsets longtext not null,         -- how far each partition is at its end, a JSON array
  closed boolean not null,                 -- whether another one follows it
  primary key (floor_at)
) engine = InnoDB default charset = utf8mb4 collate = utf8mb4_bin
  comment = 'the lasting order of all events, in stretches that were shown to readers';

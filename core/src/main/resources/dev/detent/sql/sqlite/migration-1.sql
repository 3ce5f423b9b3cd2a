-- Detent's tables on SQLite, schema 1. Times are milliseconds since 1970 UTC; documents are JSON
-- text, kept as it came. Read them as you like; write to them only through Detent.

-- what holds for the store as a whole: schema, partitions, format
create table if not exists detent_meta (
  name text not null primary key,
  value text not null
) strict, without rowid;

-- hash slices of all instances; each has one owner and an order of events of its own
create table detent_partition (
  partition_id integer not null primary key, -- from 0
  owner text,                       -- the node that owns it
  epoch integer not null,           -- how often it changed hands
  seq integer not null,             -- how many commits it has had: with epoch, the fence
  last_offset integer not null,     -- the offset of its last event; 0 before the first
  last_at integer not null,         -- a time before which no later event will be
  owner_batch text,                 -- the owner's last commit
  fenced_batch text                 -- owner_batch as it was when the partition last changed hands
) strict;

-- one row for each instance that has had an event; they lie in the order in which they were made,
-- so that those that are young together share pages
create table detent_instance (
  instance_id integer not null primary key, -- its number in this file, for Detent alone
  machine text not null,            -- the machine's name
  instance_key text not null,       -- the user's name of the instance
  partition_id integer not null,    -- its partition, a hash of the two above
  state text not null,              -- the state it is in; DEL (U+007F) if it was deleted
  data text not null,               -- what it holds, a JSON object
  version integer not null,         -- how many events it has had
  definition text not null,         -- hash of the definition under which it was written
  created_at integer not null,      -- when its first event was
  updated_at integer not null,      -- when its last event was
  entered_at integer not null,      -- when it entered its state
  timers integer not null,          -- how many state timers it has running
  last_offset integer not null,     -- place of its last event in the partition
  invocation_id text,               -- the invocation that runs on it
  unique (machine, instance_key)
) strict;

-- one row for each transition, for as long as events are kept
create table detent_event (
  event_place integer not null primary key, -- the two below: partition_id * 2^40 + event_offset
  partition_id integer as (event_place >> 40) virtual, -- the instance's partition
  event_offset integer as (event_place & 0xffffffffff) virtual, -- place in the partition's order:
                                    -- 1, 2, 3, … without gaps
  machine text not null,            -- the machine's name
  instance_key text not null,       -- the user's name of the instance
  version integer not null,         -- the instance's version after it: 1, 2, 3, …
  command text,                     -- the command; null for a timeout
  from_state text,                  -- the state before; null for the first event
  to_state text not null,           -- the state after
  input text not null,              -- the command's input, JSON
  occurred_at integer not null,     -- when; never goes back within a partition
  cause text not null,              -- command, after or send
  forced integer not null,          -- 1 if it went where no declared transition leads
  metadata text,                    -- what the caller said about it, JSON
  previous_offset integer not null  -- place of the instance's event before; 0 if none
) strict;

-- a way into the chain of an instance's events: every 64th of them. An index over all events by
-- key would cost more than everything else of a commit, since each event would touch a page of its
-- own.
create table detent_milestone (
  machine text not null,            -- the machine's name
  instance_key text not null,       -- the user's name of the instance
  version integer not null,         -- the event's version, a multiple of 64
  event_offset integer not null,    -- the event's place in the instance's partition
  primary key (machine, instance_key, version)
) strict, without rowid;

-- what is due some day: timeouts of states, delayed sends
create table detent_timer (
  machine text not null,            -- the machine's name
  instance_key text not null,       -- the user's name of the instance
  version integer not null,         -- the version that entered the state; 0 for a delayed send
  name text not null,               -- the timeout's name; for a delayed send the invocation's id
  partition_id integer not null,    -- the instance's partition
  due_at integer not null,          -- when; it never fires earlier
  invocation_id text,               -- the delayed send; null for a timeout
  primary key (machine, instance_key, version, name)
) strict, without rowid;

create index detent_timer_due on detent_timer (due_at);

-- runs of handlers, commands that wait for their turn, delayed sends, and the kept answers to
-- commands; their rows are too long for a table without rowid
create table detent_invocation (
  invocation_id text not null,      -- its name
  machine text not null,            -- the machine's name
  instance_key text not null,       -- the user's name of the instance
  partition_id integer not null,    -- the instance's partition
  command text not null,            -- the command; of a timeout its name
  input text not null,              -- its input, JSON
  token text,                       -- the caller's idempotency key
  fingerprint text,                 -- of command and input, to tell a repeat from a misuse
  precondition text,                -- the version that it expects; * for any
  status text not null,             -- scheduled, queued, running, paused, or how it ended
  kind text not null,               -- call, send or after
  ordinal integer not null,         -- place in its instance's queue
  created_at integer not null,      -- when it was accepted
  due_at integer not null,          -- when it is to run
  parent_id text,                   -- the invocation whose handler asked for it
  parent_life integer,              -- the life of that in which it asked
  parent_position text,             -- the entry of that one's journal
  chain text,                       -- the instances that wait for its answer, JSON
  life integer not null,            -- how often it was begun anew, from 0
  attempt integer not null,         -- how many attempts in a row have failed
  started_at integer not null,      -- when it first started in this life; 0 before
  retry_at integer not null,        -- when the next attempt is due; 0 for at once
  cancelled integer not null,       -- 1 if somebody wants it to be cancelled
  trouble text,                     -- why the last attempt failed or it is paused, JSON
  ended_at integer,                 -- when it ended
  expires_at integer,               -- from when on it may be forgotten
  output text,                      -- the answer, JSON
  problem text,                     -- why it failed, JSON
  state text,                       -- the instance's state after it
  version integer not null,         -- the instance's version after it; 0 before
  primary key (invocation_id)
) strict;

create unique index detent_invocation_token on detent_invocation (machine, instance_key, token)
  where token is not null;

create index detent_invocation_expires on detent_invocation (expires_at)
  where expires_at is not null;

-- what stands in the queue of an instance
create index detent_invocation_open
  on detent_invocation (partition_id, machine, instance_key, ordinal, invocation_id)
  where status in ('queued', 'running', 'paused');

-- what people look for; those that run are found above, and most rows are completed
create index detent_invocation_status on detent_invocation (status, invocation_id)
  where status in ('scheduled', 'paused', 'failed', 'cancelled', 'killed');

-- journals: one row for each side effect or wait of an invocation that has not ended, and for each
-- send of an ended one that is not delivered yet
create table detent_step (
  invocation_id text not null,      -- the invocation
  life integer not null,            -- the life of the invocation that it belongs to
  position text not null,           -- its place: 0, 1, … in the handler's order
  partition_id integer not null,    -- the invocation's partition
  kind text not null,               -- step, transact, sleep, call, send, awakeable, …
  name text not null,               -- what the handler calls it
  status text not null,             -- pending, completed or failed
  child_id text,                    -- call, send: the invocation that it asks for
  child_machine text,               -- call, send: the machine's name
  child_key text,                   -- call, send: the instance
  child_command text,               -- call, send: the command
  child_input text,                 -- call, send: the command's input, JSON
  child_chain text,                 -- call: the instances that wait for the answer, JSON
  value text,                       -- its result, JSON
  problem text,                     -- its final failure, JSON
  changed_at integer not null,      -- when it last changed
  due_at integer,                   -- when a sleep ends, or an awakeable's deadline
  primary key (invocation_id, life, position)
) strict, without rowid;

-- what is waited for, or to be delivered
create index detent_step_pending on detent_step (partition_id, invocation_id, life, position)
  where status = 'pending';

-- processes that share the store
create table detent_node (
  node_id text not null,            -- its name, new with each start
  address text not null,            -- where other nodes reach it, host:port
  started_at integer not null,      -- when it started
  expires_at integer not null,      -- until when it counts as alive
  machines text not null,           -- what it has code for: hashes by name, a JSON object
  primary key (node_id)
) strict, without rowid;

-- the definitions that instances live under
create table detent_machine (
  machine text not null primary key, -- the machine's name
  kind text not null,               -- java, code, json or built-in
  hash text not null,               -- the definition's hash
  definition text not null          -- the definition, JSON
) strict, without rowid;

-- named readers of events
create table detent_consumer (
  consumer text not null primary key, -- its name
  machines text not null,           -- whose events it wants, a JSON array; empty for all
  states text not null,             -- entering what it wants to hear of, JSON array
  paused integer not null,          -- 1 if somebody has paused it
  created_at integer not null       -- when it first started
) strict, without rowid;

-- processes that run consumers
create table detent_worker (
  worker_id text not null primary key, -- its name, new with each start
  consumers text not null,          -- the consumers that it runs, with commas
  started_at integer not null,      -- when it started
  expires_at integer not null       -- until when it counts as alive
) strict, without rowid;

-- how far each consumer is in each partition
create table detent_cursor (
  consumer text not null,           -- the consumer
  partition_id integer not null,    -- the partition
  event_offset integer not null,    -- the last event that it is done with; 0 before
  owner text,                       -- the worker that reads on
  epoch integer not null,           -- how often it changed hands, was paused or reset
  attempt integer not null,         -- how often in a row the next event has failed
  trouble text,                     -- why it failed last time, JSON
  stopped integer not null,         -- 1 if it gave up on the next event
  changed_at integer not null,      -- when it last moved
  primary key (consumer, partition_id)
) strict, without rowid;

-- events that a consumer gave up on
create table detent_dead_letter (
  consumer text not null,           -- the consumer
  partition_id integer not null,    -- the event's partition
  event_offset integer not null,    -- the event's place
  machine text not null,            -- the machine's name
  instance_key text not null,       -- the user's name of the instance
  event text not null,              -- the event, JSON; it stays when the log drops it
  attempt integer not null,         -- how often it was tried
  problem text not null,            -- why it failed last time, JSON
  wanted integer not null,          -- 1 if somebody wants it to be tried again
  died_at integer not null,         -- when it last failed
  primary key (consumer, partition_id, event_offset)
) strict;

-- what is to be tried again
create index detent_dead_letter_wanted on detent_dead_letter (consumer) where wanted = 1;

-- the lasting order of all events, in stretches that were shown to readers
create table detent_stretch (
  floor_at integer not null primary key, -- its first time: earlier events in it count as of then
  ceiling_at integer not null,      -- its last time
  event_offsets text not null,      -- how far each partition is at its end, a JSON array
  closed integer not null           -- 1 if another one follows it
) strict;

-- Detent's tables on PostgreSQL, schema 1. Times are milliseconds since 1970 UTC; documents are
-- JSON text, kept as it came. Read them as you like; write to them only through Detent.

-- what holds for the store as a whole: schema, partitions, format
create table if not exists detent_meta (
  name text collate "C" not null primary key,
  value text not null
);

-- hash slices of all instances; each has one owner and an order of events of its own
create table detent_partition (
  partition_id integer not null primary key, -- from 0
  owner text collate "C",                   -- the node that owns it
  epoch bigint not null,                    -- how often it changed hands
  seq bigint not null,                      -- how many commits it has had: with epoch, the fence
  last_offset bigint not null,              -- the offset of its last event; 0 before the first
  last_at bigint not null,                  -- a time before which no later event will be
  owner_batch text,                         -- the owner's last commit
  fenced_batch text                         -- owner_batch as it was when it last changed hands
) with (fillfactor = 10);

-- one row for each instance that has had an event
create table detent_instance (
  machine text collate "C" not null,        -- the machine's name
  instance_key text collate "C" not null,   -- the user's name of the instance
  partition_id integer not null,            -- its partition, a hash of the two above
  state text collate "C" not null,          -- the state it is in; DEL (U+007F) if it was deleted
  data text not null,                       -- what it holds, a JSON object
  version bigint not null,                  -- how many events it has had
  definition text not null,                 -- hash of the definition under which it was written
  created_at bigint not null,               -- when its first event was
  updated_at bigint not null,               -- when its last event was
  entered_at bigint not null,               -- when it entered its state
  timers integer not null,                  -- how many state timers it has running
  last_offset bigint not null,              -- place of its last event in the partition
  invocation_id text collate "C",           -- the invocation that runs on it
  primary key (machine, instance_key)
) with (fillfactor = 70);

-- one row for each transition, for as long as events are kept
create table detent_event (
  partition_id integer not null,            -- the instance's partition
  event_offset bigint not null,             -- its place: 1, 2, 3, … without gaps
  machine text collate "C" not null,        -- the machine's name
  instance_key text collate "C" not null,   -- the user's name of the instance
  version bigint not null,                  -- the instance's version after it: 1, 2, 3, …
  command text,                             -- the command; null for a timeout
  from_state text collate "C",              -- the state before; null for the first event
  to_state text collate "C" not null,       -- the state after
  input text not null,                      -- the command's input, JSON
  occurred_at bigint not null,              -- when; never goes back within a partition
  cause text not null,                      -- command, after or send
  forced boolean not null,                  -- whether it went where no declared transition leads
  metadata text,                            -- what the caller said about it, JSON
  previous_offset bigint not null,          -- place of the instance's event before; 0 if none
  primary key (partition_id, event_offset)
);

-- a way into the chain of an instance's events: every 64th of them. An index over all events by
-- key would cost more than everything else of a commit, since each event would touch a page of its
-- own.
create table detent_milestone (
  machine text collate "C" not null,        -- the machine's name
  instance_key text collate "C" not null,   -- the user's name of the instance
  version bigint not null,                  -- the event's version, a multiple of 64
  event_offset bigint not null,             -- the event's place in the instance's partition
  primary key (machine, instance_key, version)
);

-- what is due some day: timeouts of states, delayed sends
create table detent_timer (
  machine text collate "C" not null,        -- the machine's name
  instance_key text collate "C" not null,   -- the user's name of the instance
  version bigint not null,                  -- the version it was set at; 0 for a delayed send
  name text collate "C" not null,           -- the timeout's name, or the invocation's id
  partition_id integer not null,            -- the instance's partition
  due_at bigint not null,                   -- when; it never fires earlier
  invocation_id text collate "C",           -- the delayed send; null for a timeout
  primary key (machine, instance_key, version, name)
);

create index detent_timer_due on detent_timer (partition_id, due_at);

-- runs of handlers, commands that wait for their turn, delayed sends, and the kept answers to
-- commands
create table detent_invocation (
  invocation_id text collate "C" not null,  -- its name
  machine text collate "C" not null,        -- the machine's name
  instance_key text collate "C" not null,   -- the user's name of the instance
  partition_id integer not null,            -- the instance's partition
  command text not null,                    -- the command; of a timeout its name
  input text not null,                      -- its input, JSON
  token text collate "C",                   -- the caller's idempotency key
  fingerprint text,                         -- of command and input, to tell a repeat from a misuse
  precondition text,                        -- the version that it expects; * for any
  status text collate "C" not null,         -- scheduled, queued, running, paused, or how it ended
  kind text not null,                       -- call, send or after
  ordinal bigint not null,                  -- place in its instance's queue
  created_at bigint not null,               -- when it was accepted
  due_at bigint not null,                   -- when it is to run
  parent_id text collate "C",               -- the invocation whose handler asked for it
  parent_life integer,                      -- the life of that in which it asked
  parent_position text collate "C",         -- the entry of that one's journal
  chain text,                               -- the instances that wait for its answer, JSON
  life integer not null,                    -- how often it was begun anew, from 0
  attempt integer not null,                 -- how many attempts in a row have failed
  started_at bigint not null,               -- when it first started in this life; 0 before
  retry_at bigint not null,                 -- when the next attempt is due; 0 for at once
  cancelled boolean not null,               -- whether somebody wants it to be cancelled
  trouble text,                             -- why the last attempt failed or it is paused, JSON
  ended_at bigint,                          -- when it ended
  expires_at bigint,                        -- from when on it may be forgotten
  output text,                              -- the answer, JSON
  problem text,                             -- why it failed, JSON
  state text collate "C",                   -- the instance's state after it
  version bigint not null,                  -- the instance's version after it; 0 before
  primary key (invocation_id)
);

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
  invocation_id text collate "C" not null,  -- the invocation
  life integer not null,                    -- the life of the invocation that it belongs to
  position text collate "C" not null,       -- its place: 0, 1, … in the handler's order
  partition_id integer not null,            -- the invocation's partition
  kind text not null,                       -- step, transact, sleep, call, send, awakeable, …
  name text not null,                       -- what the handler calls it
  status text collate "C" not null,         -- pending, completed or failed
  child_id text collate "C",                -- call, send: the invocation that it asks for
  child_machine text collate "C",           -- call, send: the machine's name
  child_key text collate "C",               -- call, send: the instance
  child_command text,                       -- call, send: the command
  child_input text,                         -- call, send: the command's input, JSON
  child_chain text,                         -- call: the instances that wait for the answer, JSON
  value text,                               -- its result, JSON
  problem text,                             -- its final failure, JSON
  changed_at bigint not null,               -- when it last changed
  due_at bigint,                            -- when a sleep ends, or an awakeable's deadline
  primary key (invocation_id, life, position)
);

-- what is waited for, or to be delivered
create index detent_step_pending on detent_step (partition_id, invocation_id, life, position)
  where status = 'pending';

-- processes that share the store
create table detent_node (
  node_id text collate "C" not null,        -- its name, new with each start
  address text not null,                    -- where other nodes reach it, host:port
  started_at bigint not null,               -- when it started
  expires_at bigint not null,               -- until when it counts as alive
  machines text not null,                   -- what it has code for: hashes by name, a JSON object
  primary key (node_id)
) with (fillfactor = 50);

-- the definitions that instances live under
create table detent_machine (
  machine text collate "C" not null primary key, -- the machine's name
  kind text not null,                       -- java, code, json or built-in
  hash text not null,                       -- the definition's hash
  definition text not null                  -- the definition, JSON
);

-- named readers of events
create table detent_consumer (
  consumer text collate "C" not null primary key, -- its name
  machines text not null,                   -- whose events it wants, a JSON array; empty for all
  states text not null,                     -- entering what it wants to hear of, JSON array
  paused boolean not null,                  -- whether somebody has paused it
  created_at bigint not null                -- when it first started
);

-- processes that run consumers
create table detent_worker (
  worker_id text collate "C" not null primary key, -- its name, new with each start
  consumers text not null,                  -- the consumers that it runs, with commas
  started_at bigint not null,               -- when it started
  expires_at bigint not null                -- until when it counts as alive
) with (fillfactor = 50);

-- how far each consumer is in each partition
create table detent_cursor (
  consumer text collate "C" not null,       -- the consumer
  partition_id integer not null,            -- the partition
  event_offset bigint not null,             -- the last event that it is done with; 0 before
  owner text collate "C",                   -- the worker that reads on
  epoch bigint not null,                    -- how often it changed hands, was paused or reset
  attempt integer not null,                 -- how often in a row the next event has failed
  trouble text,                             -- why it failed last time, JSON
  stopped boolean not null,                 -- whether it gave up on the next event
  changed_at bigint not null,               -- when it last moved
  primary key (consumer, partition_id)
) with (fillfactor = 50);

-- events that a consumer gave up on
create table detent_dead_letter (
  consumer text collate "C" not null,       -- the consumer
  partition_id integer not null,            -- the event's partition
  event_offset bigint not null,             -- the event's place
  machine text collate "C" not null,        -- the machine's name
  instance_key text collate "C" not null,   -- the user's name of the instance
  event text not null,                      -- the event, JSON; it stays when the log drops it
  attempt integer not null,                 -- how often it was tried
  problem text not null,                    -- why it failed last time, JSON
  wanted boolean not null,                  -- whether somebody wants it to be tried again
  died_at bigint not null,                  -- when it last failed
  primary key (consumer, partition_id, event_offset)
);

-- what is to be tried again
create index detent_dead_letter_wanted on detent_dead_letter (consumer) where wanted;

comment on table detent_meta is
  'what holds for the store as a whole: schema, partitions, format';
comment on table detent_partition is
  'hash slices of all instances; each has one owner and an order of events of its own';
comment on table detent_instance is
  'one row for each instance that has had an event';
comment on table detent_event is
  'one row for each transition, for as long as events are kept';
comment on table detent_milestone is
  'a way into the chain of an instance''s events: every 64th of them';
comment on table detent_timer is
  'what is due some day: timeouts of states, delayed sends';
comment on table detent_invocation is
  'runs of handlers, commands that wait for their turn, delayed sends, and the kept answers';
comment on table detent_step is
  'journals: one row for each side effect or wait of an invocation that has not ended';
comment on table detent_node is
  'processes that share the store';
comment on table detent_machine is
  'the definitions that instances live under';
comment on table detent_consumer is
  'named readers of events';
comment on table detent_worker is
  'processes that run consumers';
comment on table detent_cursor is
  'how far each consumer is in each partition';
comment on table detent_dead_letter is
  'events that a consumer gave up on';

-- the lasting order of all events, in stretches that were shown to readers
create table detent_stretch (
  floor_at bigint not null primary key,     -- its first time: earlier events in it count as of then
  ceiling_at bigint not null,               -- its last time
  event_offsets text collate "C" not null,  -- how far each partition is at its end, a JSON array
  closed boolean not null                   -- whether another one follows it
) with (fillfactor = 50);

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
  owner_batch text,                 -- the owner's last commit
  fenced_batch text                 -- owner_batch as it was when the partition last changed hands
) strict;

-- one row for each instance that has had an event
create table detent_instance (
  machine text not null,            -- the machine's name
  instance_key text not null,       -- the user's name of the instance
  partition_id integer not null,    -- its partition, a hash of the two above
  state text not null,              -- the state it is in
  data text not null,               -- what it holds, a JSON object
  version integer not null,         -- how many events it has had
  definition text not null,         -- hash of the definition under which it was written
  created_at integer not null,      -- when its first event was
  updated_at integer not null,      -- when its last event was
  entered_at integer not null,      -- when it entered its state
  timers integer not null,          -- how many state timers it has running
  last_offset integer not null,     -- place of its last event in the partition
  invocation_id text,               -- the invocation that runs on it
  primary key (machine, instance_key)
) strict, without rowid;

-- one row for each transition, for ever
create table detent_event (
  partition_id integer not null,    -- the instance's partition
  event_offset integer not null,    -- place in the partition's order: 1, 2, 3, … without gaps
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
  previous_offset integer not null, -- place of the instance's event before; 0 if none
  primary key (partition_id, event_offset)
) strict, without rowid;

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

-- delayed sends, and the kept answers to commands with an idempotency key
create table detent_invocation (
  invocation_id text not null primary key,
  machine text not null,            -- the machine's name
  instance_key text not null,       -- the user's name of the instance
  partition_id integer not null,    -- the instance's partition
  command text not null,            -- the command
  input text not null,              -- its input, JSON
  token text,                       -- the caller's idempotency key
  fingerprint text,                 -- of command and input, to tell a repeat from a misuse
  status text not null,             -- scheduled, completed or failed
  kind text not null,               -- call or send
  created_at integer not null,      -- when it was accepted
  due_at integer not null,          -- when it is to run
  ended_at integer,                 -- when it ended
  expires_at integer,               -- from when on it may be forgotten
  output text,                      -- the answer, JSON
  problem text,                     -- why it failed, JSON
  state text,                       -- the instance's state after it
  version integer not null          -- the instance's version after it; 0 before
) strict, without rowid;

create unique index detent_invocation_token on detent_invocation (machine, instance_key, token)
  where token is not null;

create index detent_invocation_expires on detent_invocation (expires_at)
  where expires_at is not null;

-- the definitions that instances live under
create table detent_machine (
  machine text not null primary key, -- the machine's name
  kind text not null,               -- java, code, json or built-in
  hash text not null,               -- the definition's hash
  definition text not null          -- the definition, JSON
) strict, without rowid;

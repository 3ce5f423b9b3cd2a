# SPDX-License-Identifier: Apache-2.0
# The practical example of the Redis module that this door stands in for, and what it must print.
import sys
import redis
import json

port, protocol = int(sys.argv[1]), int(sys.argv[2])
options = {} if protocol == 2 else {"protocol": protocol}
redis_of_the_example = redis.Redis
redis.Redis = lambda **given: redis_of_the_example(port=port, **options, **given)

r = redis.Redis(decode_responses=True)
tmpl = json.loads(r.execute_command("SM.TEMPLATE"))
tmpl['initial'] = 'bar'
tmpl['map'] = {"bar": ["blee", "boo"], "boo": ["blee"]}
r.execute_command("SM.SET", "mystatemachine", json.dumps(tmpl))
x = r.execute_command("SM.MUTATE", "mystatemachine", "notastate")
print(x)
assert x is None
x = r.execute_command("SM.MUTATE", "mystatemachine", "blee")
print(x)
assert x == "OK"
document = json.loads(r.execute_command("SM.GET", "mystatemachine"))
assert document == {
    "current": "blee",
    "map": {"bar": ["blee", "boo"], "boo": ["blee"]},
    "initial": "bar",
    "reason": "",
}

# A pipeline of 1,000, and a transaction, which is what this library makes of a pipeline by default.
pipeline = r.pipeline(transaction=False)
for i in range(1000):
    pipeline.execute_command("SM.SET", "k%d" % i, json.dumps(tmpl))
assert pipeline.execute() == ["OK"] * 1000
transaction = r.pipeline()
for i in range(1000):
    transaction.execute_command("SM.MUTATE", "k%d" % i, "boo")
assert transaction.execute() == ["OK"] * 1000
assert r.execute_command("SM.STATE", "k999") == ["boo"]
watching = r.pipeline()
watching.watch("k1")
r.execute_command("SM.MUTATE", "k1", "blee")
watching.multi()
watching.execute_command("SM.RESET", "k1")
try:
    watching.execute()
    raise AssertionError("committed although the key had changed")
except redis.WatchError:
    pass

listener = r.pubsub(ignore_subscribe_messages=True)
listener.subscribe("detent:redis")
listener.get_message(timeout=5)
r.execute_command("SM.RESET", "k1")
message = None
while message is None:
    message = listener.get_message(timeout=5)
assert json.loads(message["data"])["key"] == "k1"
events = r.xread({"detent:events:redis": "0"}, count=5)
assert len(events) == 1 if isinstance(events, dict) else len(events[0][1]) == 5
assert r.type("k1") == "StateType"
assert len(list(r.scan_iter(match="k*"))) == 1000
assert r.dbsize() == 1001
assert r.delete("k1", "k2") == 2
assert r.flushall()
assert r.keys() == []
print("done")

-- SPDX-License-Identifier: Apache-2.0
-- Has wrk POST to one path after the other, over and over, and say in one line what came of it.
-- Arguments: a file with one path a line.

local requests = {}
local count = 0
local at = 0

function init(args)
  for path in io.lines(args[1]) do
    count = count + 1
    requests[count] = wrk.format("POST", path)
  end
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "bench requests=%d micros=%d p50=%d p99=%d refused=%d broken=%d late=%d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end

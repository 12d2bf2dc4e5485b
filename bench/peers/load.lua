-- Sends the requests of a file that rosterd_peers_requests wrote, each one once, in their order:
--   wrk … -s load.lua URL -- FILE FIRST END
-- FIRST and END are places in the file; END 0: up to its end. With a fourth word, "around", it begins
-- again after the last, which sends duplicates. Tells what came of it as one line of JSON.

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  file = assert(io.open(arguments[1], "rb"))
  first = tonumber(arguments[2])
  local size = file:seek("end")
  last = tonumber(arguments[3])
  if last == 0 then last = size end
  around = arguments[4] == "around"
  at = first
  spent = 0
  file:seek("set", first)
end

function request()
  if at >= last then
    if not around then spent = 1 end
    at = first
    file:seek("set", first)
  end
  local length = tonumber(file:read(4))
  at = at + 4 + length
  return file:read(length)
end

function done(summary, latency)
  local thread = threads[1]
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %.6f, "p50_us": %d, "p99_us": %d, "at": %d, "spent": %d, ' ..
    '"refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    thread:get("at"), thread:get("spent"),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end

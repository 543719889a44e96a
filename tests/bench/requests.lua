-- What wrk sends. MODE=read: a random customer's online account; write: a communication of a random international one, in a
-- body of 400 bytes; mixed: nine reads to one write; live: the process's own sign of life. KEY: the caller's; CUSTOMERS:
-- how many there are. The requests are made beforehand, so that what sends them costs little of the machine.
local customers = tonumber(os.getenv("CUSTOMERS"))
local mode = os.getenv("MODE")
local authorization = "Bearer " .. os.getenv("KEY")
local prepared, most = {}, 20000

local function read()
  return wrk.format("GET", "/v1/customers/" .. math.random(customers) .. "/online-account", {Authorization = authorization})
end

local head = '{"type":"Phone Out","reason":"PERS SERVICES","category":"PS CUSTOMER CONTACT","issue":"Blank","subject":"Contact","text":"'
local text = string.rep("Spoke with the customer about the plan; agreed to call again. ", 7)
local body = head .. text:sub(1, 400 - #head - 2) .. '"}'

local function write()
  return wrk.format("POST", "/v1/customers/" .. 4 * math.random(math.floor(customers / 4)) .. "/communications",
    {Authorization = authorization, ["Content-Type"] = "application/json"}, body)
end

function init(args)
  math.randomseed(os.time())
  if mode == "live" then
    prepared[1] = wrk.format("GET", "/livez", {})
    return
  end
  for i = 1, most do
    if mode == "read" or (mode == "mixed" and i % 10 ~= 0) then prepared[i] = read() else prepared[i] = write() end
  end
end

local at = 0
function request()
  at = at % #prepared + 1
  return prepared[at]
end

-- PAUSE: so many milliseconds each connection waits on average between an answer and the next request; by chance, that they do not
-- all come at once.
local pause = tonumber(os.getenv("PAUSE") or "0")
if pause > 0 then
  function delay() return math.random(0, 2 * pause) end
end

-- One line for the program that started it: answers, microseconds, failed, not 2xx, p50 and p99 in microseconds.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.timeout, e.status, latency:percentile(50), latency:percentile(99)))
end

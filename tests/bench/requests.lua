-- What wrk sends: MODE=read a random customer's online account, MODE=write a communication of a random international one,
-- MODE=live the process's own sign of life. The key comes in KEY, the number of customers in CUSTOMERS.
local key = os.getenv("KEY")
local customers = tonumber(os.getenv("CUSTOMERS"))
local mode = os.getenv("MODE")
local read_headers = {Authorization = "Bearer " .. key}
local write_headers = {Authorization = "Bearer " .. key, ["Content-Type"] = "application/json"}
local text = string.rep("Spoke with the customer about the plan; agreed to call again. ", 4)
local body = '{"type":"Phone Out","reason":"PERS SERVICES","category":"PS CUSTOMER CONTACT","issue":"Blank","subject":"Contact","text":"'
  .. text .. '"}'

function init(args) math.randomseed(os.time()) end

function request()
  if mode == "live" then return wrk.format("GET", "/livez", read_headers) end
  if mode == "read" then
    return wrk.format("GET", "/v1/customers/" .. math.random(customers) .. "/online-account", read_headers)
  end
  return wrk.format("POST", "/v1/customers/" .. 4 * math.random(math.floor(customers / 4)) .. "/communications", write_headers, body)
end

-- One line for the program that started it: requests, microseconds, failed, p50 and p99 in microseconds.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end

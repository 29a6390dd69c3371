-- The last report of a process that died, made by whoever found what it left: what it may have used of its leases
-- is used, and the rest is everybody's again. Told twice it counts once.
--
-- KEYS: meters of `lease.lua`, whose fields these are.
-- ARGV: the dead process, and for each meter: its width (0: the calendar's), the beginning of the window that the
--   process counted, the number of its last report, what that told, and what it owed in all, that included.
--
-- A meter that knows nothing of the process was lost and told by the ledger, perhaps before the process's rows were
-- there: then it is added too, which is rather too much. Of a window that slides, what was counted as used when the
-- lease ended stays so: it is over soon.

local per, slots = 5, 60
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local dead = ARGV[1]

local function whole(number) return string.format('%.0f', number) end

local function inherit(key, width, starts, report, told, owed)
  if redis.call('EXISTS', key) == 0 then return end  -- who asks for it next is told by the ledger
  local lease = redis.call('HGET', key, 'l' .. dead)
  local ended = redis.call('HGET', key, 'x' .. dead)
  local counted, number = 0, -1
  if lease then
    number = tonumber(string.match(lease, ':(%d+)$'))
  elseif ended then
    local amount, last = string.match(ended, '^(%d+):(%d+)')
    counted, number = tonumber(amount), tonumber(last)
  end
  if ended and width > 0 then return end
  if number > report then return end  -- it was inherited before
  if number == report then owed = owed - told end

  if width == 0 and starts > tonumber(redis.call('HGET', key, 'w') or '0') then  -- nobody came since it began
    redis.call('HSET', key, 'w', whole(starts), 'n', 0)
    for _, name in ipairs(redis.call('HKEYS', key)) do
      if string.sub(name, 1, 1) == 'x' then redis.call('HDEL', key, name) end
    end
    counted = 0
  end
  if width > 0 then
    redis.call('HINCRBY', key, 's' .. whole(math.floor(now / (width / slots))), whole(owed))
  else
    if starts < tonumber(redis.call('HGET', key, 'w')) then owed = 0 end  -- of a window that is over
    redis.call('HINCRBY', key, 'n', whole(owed - counted))
  end
  redis.call('HDEL', key, 'l' .. dead)
  redis.call('HSET', key, 'x' .. dead, '0:' .. whole(report + 1) .. ':' .. whole(now))
end

for i, key in ipairs(KEYS) do
  local a = {}
  for j = 1, per do a[j] = tonumber(ARGV[1 + (i - 1) * per + j]) end
  inherit(key, a[1], a[2], a[3], a[4], a[5])
end
return {}

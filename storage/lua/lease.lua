-- Gives a process its slice of each of several meters, and takes its report of what it used since the last.
--
-- KEYS: one hash for each meter, all in one slot (their names share a {tag}). Fields of a hash:
--   b        1 once the meter was told what the ledger knew of its window
--   t        how often the meter was settled: who has seen more asks a Redis that came back with an older state
--   w        the beginning of the calendar's window that is counted, as the processes compute it
--   n        what was used in it; for windows that slide instead s<slot>, what was used in that slot
--   l<name>  what a process may still use, when that ends, and the number of its last report: "5:1700000:3"
--   x<name>  of a process that did not come again in time: what was counted as used for it, the number of its
--            last report, and when that was: "5:3:1700000"; see `inherit.lua` for what becomes of it
--   short    until when somebody lacks something that others hold and do not need
-- ARGV: the process, the life of a lease in ms, and for each meter `per` values, as `settle` takes them.
-- Reply, for each meter: lease, used by all, leased by all, processes with leases, 1 where somebody is short, `t`,
--   and of a window that slides the ms until the first of what was used is forgotten.
--   A lease of -1: the meter is new, or older than it was, and asks for what the ledger knows.
--
-- Invariant: used + leased <= limit. What a dead process held is counted as used, unless it is only what is
-- open at once. Times are the server's. Amounts stay below 2^53, up to which Lua's numbers are exact.

local per, slots = 10, 60
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local me, life = ARGV[1], tonumber(ARGV[2])
-- A window of the calendar that begins later than this is that of a process whose clock is ahead: no other is in it.
local soon = now + 3600000

local function whole(number) return string.format('%.0f', number) end

local function settle(key, limit, width, starts, used, must, want, once, report, base, seen)
  local fields = redis.call('HGETALL', key)
  local hash = {}
  for i = 1, #fields, 2 do hash[fields[i]] = fields[i + 1] end
  local turn = tonumber(hash.t or '0') + 1
  -- Such a process had it before any other: what the ledger knows of the window that is, counts.
  local wrong = hash.b and width == 0 and tonumber(hash.w) > soon and starts <= soon
  local older = hash.b and (turn <= seen or wrong)
  if (older or not hash.b) and base < 0 then return {-1, 0, 0, 0, 0, 0, 0} end
  if not hash.b then
    redis.call('HSET', key, 'b', 1, 'w', whole(starts))
    hash.b, hash.w = '1', whole(starts)
  elseif not older then
    base = 0
  end
  redis.call('HSET', key, 't', whole(turn))
  if width == 0 and starts > soon and tonumber(hash.w) <= soon then starts = tonumber(hash.w) end

  local slot = 0
  if width > 0 then slot = math.floor(now / (width / slots)) end
  local counter = width > 0 and 's' .. whole(slot) or 'n'
  local late = width == 0 and not wrong and starts < tonumber(hash.w)  -- a report of a window that is over
  if width == 0 and (starts > tonumber(hash.w) or wrong) then
    redis.call('HSET', key, 'w', whole(starts), 'n', 0)
    hash.n, hash.w = '0', whole(starts)
    for name in pairs(hash) do
      if string.sub(name, 1, 1) == 'x' then redis.call('HDEL', key, name); hash[name] = nil end
    end
  end

  local spent, others, holders, added, own, last, oldest = 0, 0, 1, 0, 0, -1, slot
  for name, value in pairs(hash) do
    local kind = string.sub(name, 1, 1)
    if name == 'n' then
      spent = spent + tonumber(value)
    elseif kind == 's' and name ~= 'short' then
      if tonumber(string.sub(name, 2)) < slot - slots then
        redis.call('HDEL', key, name)
      else
        spent = spent + tonumber(value)
        if tonumber(value) > 0 then oldest = math.min(oldest, tonumber(string.sub(name, 2))) end
      end
    elseif kind == 'l' then
      local amount, ends, number = string.match(value, '^(%d+):(%d+):(%d+)$')
      amount = tonumber(amount)
      if string.sub(name, 2) == me then
        own, last = amount, tonumber(number)
      elseif tonumber(ends) < now then
        redis.call('HDEL', key, name)
        if once == 0 then added = added + amount end
        local back = once == 0 and width == 0 and amount or 0
        redis.call('HSET', key, 'x' .. string.sub(name, 2), whole(back) .. ':' .. number .. ':' .. whole(now))
      else
        others, holders = others + amount, holders + 1
      end
    elseif kind == 'x' and (width > 0 or once == 1 or string.sub(value, 1, 2) == '0:') then
      -- Nothing comes back of it but its number.
      local since = tonumber(string.match(value, ':(%d+)$') or '0')
      if since + 30 * life < now then redis.call('HDEL', key, name) end
    end
  end

  added = added + math.max(0, base - spent)

  if hash['x' .. me] then  -- it was thought dead: its lease is its own again
    local lost, number = string.match(hash['x' .. me], '^(%d+):?(%d*)')
    redis.call('HDEL', key, 'x' .. me)
    own, added = own + tonumber(lost), added - tonumber(lost)
    if last < 0 and number ~= '' then last = tonumber(number) end
  end
  if report == last then used = 0 end  -- told again, because the first answer was lost
  own = math.max(0, own - used)
  if once == 0 and not late then added = added + used end
  spent = spent + added
  if added ~= 0 then redis.call('HINCRBY', key, counter, whole(added)) end

  local free = math.max(0, limit - spent - others - own)
  local short = tonumber(hash.short or '0') > now
  local lease = own
  if late then
    lease = must <= own and must or own
  elseif must > own and must - own > free then
    redis.call('HSET', key, 'short', whole(now + 2000))
  elseif short then
    lease = must
  elseif want <= own then
    lease = math.max(must, want)
  else
    local least = math.max(must, own)
    lease = least + math.min(want - least, math.floor((free - (least - own)) / (2 * holders)))
    lease = math.max(least, lease)
  end
  if lease == 0 and used == 0 and must == 0 and want == 0 then
    redis.call('HDEL', key, 'l' .. me)
  else
    redis.call('HSET', key, 'l' .. me, whole(lease) .. ':' .. whole(now + life) .. ':' .. whole(report))
  end
  redis.call('PEXPIRE', key, width > 0 and 2 * width + life or 40 * 86400 * 1000)
  local frees = width > 0 and (oldest + slots + 1) * (width / slots) - now or 0
  return {whole(lease), whole(spent), whole(others + lease), holders, short and 1 or 0, turn, whole(frees)}
end

local replies = {}
for i, key in ipairs(KEYS) do
  local a = {}
  for j = 1, per do a[j] = tonumber(ARGV[2 + (i - 1) * per + j]) end
  replies[i] = settle(key, a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10])
end
return replies

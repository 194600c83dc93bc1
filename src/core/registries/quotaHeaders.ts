// How much a registry says that it may still be asked: the headers of its answers, in the forms that are in use.
// https://docs.docker.com/docker-hub/usage/pulls/#view-pull-rate-and-limit
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/

/** What is left. Times in milliseconds. */
export interface Quota {
  /** Requests in a window. */
  limit: number
  /** From 0 to `limit`. */
  remaining: number
  window: number
  /** From now until the window begins anew, where that is told. */
  reset?: number
}

/** Header values by lower-case name. */
type Headers = Readonly<Record<string, string | string[] | undefined>>

/** Longer headers are not read; nor are more members of one. */
const MOST_TEXT = 1_000
const MOST_MEMBERS = 16
/** Where a window is not told: what most are. */
const USUAL_WINDOW = 3_600_000
/** Shorter and longer ones are as good as these: a second and a week. */
const LEAST_WINDOW = 1_000
const MOST_WINDOW = 7 * 24 * 3_600_000
/** Seconds since 1970 that stand for a point in time, not a duration: GitLab's `ratelimit-reset`. */
const EPOCH = 1_000_000_000

/**
 * The quota that an answer tells; of several the one that is used up first. Undefined where none is told, or none that makes sense.
 * @param clock milliseconds since 1970 by the registry's clock
 */
export function parseQuota(headers: Headers, clock: () => number): Quota | undefined {
  // Nearly all answers tell none.
  if (headers['ratelimit'] === undefined && headers['ratelimit-remaining'] === undefined) return undefined
  const now = clock()
  const [found] = [...structured(headers, now), ...separate(headers, now)].sort((a, b) => paceOf(a) - paceOf(b))
  return found
}

/** Requests a millisecond that can be kept up until the window begins anew. */
const paceOf = ({ remaining, reset, window }: Quota) => remaining / (reset ?? window)

/** `RateLimit: "default";r=50;t=30` with `RateLimit-Policy: "default";q=100;w=60`, or as older drafts have it `limit=100, remaining=50, reset=30`. */
function structured(headers: Headers, now: number): Quota[] {
  const members = membersOf(headers['ratelimit'])
  const policies = membersOf(headers['ratelimit-policy'])
  const old = new Map(members.map(({ item, parameters }) => [item, parameters.get('')]))
  if (old.get('remaining') !== undefined) {
    const window = policies[0]?.parameters.get('w')
    return quota(old.get('limit') ?? policies[0]?.item, old.get('remaining'), window, old.get('reset'), now)
  }
  return members.flatMap(({ item, parameters }) => {
    const policy = policies.find((each) => each.item === item)?.parameters
    return quota(policy?.get('q'), parameters.get('r'), policy?.get('w'), parameters.get('t'), now)
  })
}

/** `ratelimit-limit: 100;w=21600` and `ratelimit-remaining: 76;w=21600` of Docker Hub; of others without windows, and with `ratelimit-reset`. */
function separate(headers: Headers, now: number): Quota[] {
  const limits = membersOf(headers['ratelimit-limit'])
  const [remaining] = membersOf(headers['ratelimit-remaining'])
  const [reset] = membersOf(headers['ratelimit-reset'])
  if (!remaining) return []
  // `100, 100;w=60`: the window stands with the policies that follow.
  const policy = [remaining, ...limits, ...membersOf(headers['ratelimit-policy'])]
  const window = policy.map(({ parameters }) => parameters.get('w')).find((w) => w !== undefined)
  return quota(limits[0]?.item, remaining.item, window, reset?.item, now)
}

/** From numbers as they stand in headers, times in seconds: none or one. */
function quota(
  limit: string | undefined,
  remaining: string | undefined,
  window: string | undefined,
  reset: string | undefined,
  now: number,
): Quota[] {
  const left = numberOf(remaining)
  if (left === undefined) return []
  const most = Math.max(numberOf(limit) ?? left, 1)
  const until = resetOf(numberOf(reset), now)
  const length = within(numberOf(window)) ?? until ?? USUAL_WINDOW
  return [
    {
      limit: most,
      remaining: Math.min(left, most),
      window: length,
      ...(until !== undefined && { reset: Math.min(until, length) }),
    },
  ]
}

function resetOf(seconds: number | undefined, now: number): number | undefined {
  if (seconds === undefined || seconds < EPOCH) return within(seconds)
  return within(Math.max(0, seconds - now / 1000))
}

const within = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.min(Math.max(seconds * 1000, LEAST_WINDOW), MOST_WINDOW)

/** Not negative, not absurd; undefined for anything else. */
const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : undefined

interface Member {
  /** Without quotes. */
  item: string
  /** By name; that of `key=value` under ''. */
  parameters: Map<string, string>
}

/** The members of a list of RFC 9651, as far as these headers use it: `item;key=value, ...`, or `key=value, ...`. */
function membersOf(header: string | string[] | undefined): Member[] {
  const text = Array.isArray(header) ? header.join(',') : (header ?? '')
  if (text.length > MOST_TEXT) return []
  return text
    .split(',', MOST_MEMBERS)
    .map((member) => member.trim())
    .filter((member) => member !== '')
    .map((member) => {
      const [head = '', ...rest] = member.split(';').map((part) => part.trim())
      const [item = '', own] = pair(head)
      const parameters = new Map(rest.map((part) => pair(part)).map(([key = '', value = '']) => [key, value]))
      if (own !== undefined) parameters.set('', own)
      return { item, parameters }
    })
}

const pair = (text: string): string[] => text.split('=', 2).map((part) => part.trim().replace(/^"(.*)"$/, '$1'))

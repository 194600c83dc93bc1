// One step of a rollout, as plain arithmetic: how many pods each ReplicaSet should have next.
// https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment

/** A ReplicaSet in numbers. */
export interface SetSize {
  name: string
  /** Pods that it wants. */
  wanted: number
  /** Pods that have been ready long enough. */
  available: number
}

/** How far a rollout may stray from the wanted number, in pods. */
export interface Bounds {
  replicas: number
  surge: number
  unavailable: number
}

export interface Scale {
  name: string
  to: number
}

const sum = (sets: readonly SetSize[], key: 'wanted' | 'available'): number =>
  sets.reduce((total, set) => total + set[key], 0)

function resolve(value: number | string | undefined, replicas: number, round: (n: number) => number): number {
  if (typeof value === 'string' && value.endsWith('%')) return round((Number.parseInt(value, 10) * replicas) / 100)
  return Number(value ?? 0)
}

/** maxSurge rounds up, maxUnavailable rounds down; both zero would stop everything. */
export function boundsOf(
  replicas: number,
  strategy: { type?: string; rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string } },
): Bounds {
  if (strategy.type === 'Recreate' || replicas === 0) return { replicas, surge: 0, unavailable: 0 }
  const surge = resolve(strategy.rollingUpdate?.maxSurge, replicas, Math.ceil)
  const unavailable = Math.min(resolve(strategy.rollingUpdate?.maxUnavailable, replicas, Math.floor), replicas)
  return { replicas, surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

/** What the new ReplicaSet should have, as far as the bound on all pods lets it. */
export function growth(next: SetSize, old: readonly SetSize[], { replicas, surge }: Bounds): number {
  if (next.wanted > replicas) return replicas
  const room = replicas + surge - sum(old, 'wanted') - next.wanted
  return next.wanted + Math.max(0, Math.min(room, replicas - next.wanted))
}

/** What the old ReplicaSets, oldest first, should have. Pods that are not available go first: they serve nobody. */
export function shrinkage(next: SetSize, old: readonly SetSize[], { replicas, unavailable }: Bounds): Scale[] {
  const least = replicas - unavailable
  const all = sum(old, 'wanted') + next.wanted
  let allowed = all - least - Math.max(0, next.wanted - next.available)
  if (allowed <= 0) return []
  const sizes = new Map(old.map((set) => [set.name, { ...set }]))
  for (const set of sizes.values()) {
    const broken = Math.min(allowed, Math.max(0, set.wanted - set.available))
    set.wanted -= broken
    allowed -= broken
  }
  let spare = Math.min(allowed, sum(old, 'available') + next.available - least)
  for (const set of sizes.values()) {
    const less = Math.max(0, Math.min(set.wanted, spare))
    set.wanted -= less
    spare -= less
  }
  return old
    .filter((set) => sizes.get(set.name)!.wanted !== set.wanted)
    .map(({ name }) => ({ name, to: sizes.get(name)!.wanted }))
}

/**
 * The number of wanted pods changed in mid-rollout: every ReplicaSet grows or shrinks by its share, so that none of them
 * starts alone. `sets` newest first; what rounding leaves goes to the first, and where that one has too few, to the next.
 */
export function proportion(sets: readonly SetSize[], { replicas, surge }: Bounds): Scale[] {
  const target = replicas > 0 ? replicas + surge : 0
  const total = sum(sets, 'wanted')
  const grows = target > total
  let left = target - total
  const shares = sets.map((set) => {
    const exact = total === 0 ? 0 : Math.round((set.wanted * target) / total) - set.wanted
    const share = grows ? Math.min(exact, left) : Math.max(exact, left)
    left -= share
    return { name: set.name, from: set.wanted, to: set.wanted + share }
  })
  for (const share of shares) {
    const to = Math.max(0, share.to + left)
    left -= to - share.to
    share.to = to
  }
  return shares.filter(({ from, to }) => from !== to).map(({ name, to }) => ({ name, to }))
}

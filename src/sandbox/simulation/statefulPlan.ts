// What a StatefulSet does next, as a plain function of what there is.

/** Actions of one plan; the rest comes with the next look. */
const BURST = 500

/** A pod of a StatefulSet in few words. */
export interface Member {
  ordinal: number
  revision: string
  ready: boolean
  ending: boolean
}

export interface StatefulWish {
  replicas: number
  start: number
  /** One after the other, each waiting for those before it. */
  ordered: boolean
  /** Pods from this ordinal on get the update; undefined: only when they are deleted by someone else (OnDelete). */
  partition: number | undefined
  current: string
  update: string
}

export type Action = { create: number; revision: string } | { remove: number }

/** The actions to take now; whatever has to wait for them comes with the next look. */
export function planStateful(members: readonly Member[], wish: StatefulWish): Action[] {
  const { replicas, start, ordered, partition, current, update } = wish
  const end = start + replicas
  const byOrdinal = new Map(members.map((member) => [member.ordinal, member]))
  const actions: Action[] = []
  for (let ordinal = start; ordinal < end; ordinal++) {
    const member = byOrdinal.get(ordinal)
    if (!member) {
      const old = partition === undefined ? false : ordinal < partition
      actions.push({ create: ordinal, revision: old ? current : update })
    }
    if (ordered && (!member || !member.ready || member.ending)) return actions
    if (actions.length >= BURST) return actions
  }
  const surplus = members
    .filter(({ ordinal }) => ordinal < start || ordinal >= end)
    .toSorted((a, b) => b.ordinal - a.ordinal)
  for (const { ordinal, ending } of surplus) {
    if (!ending) actions.push({ remove: ordinal })
    if (ordered) return actions
  }
  if (actions.length > 0 || partition === undefined) return actions
  // Updates go from the last to the first, one at a time, and only while all others are well.
  for (let ordinal = end - 1; ordinal >= Math.max(partition, start); ordinal--) {
    const member = byOrdinal.get(ordinal)!
    if (member.revision !== update) return member.ending ? [] : [{ remove: ordinal }]
    if (!member.ready || member.ending) return []
  }
  return []
}

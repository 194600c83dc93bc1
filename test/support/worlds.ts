// Where the end-to-end tests run: in standalone, and in a real cluster where the programs of one are there. What a world cannot
// do, it says itself; tests only say what they need.
import { describe } from 'node:test'
import { startCluster } from './cluster.ts'
import { withoutControlPlane } from './controlPlane.ts'
import type { Server } from './server.ts'
import { startStandalone } from './standalone.ts'

/** What only standalone has, and why a cluster does not. */
const LACKS_OF_CLUSTER = {
  sandbox: 'about standalone itself, or its stand-in for a cluster',
  history: 'what is written lies in the cluster, the server beside it keeps nothing',
  silence: 'controllers of a cluster write at any time',
  projects: 'only OpenShift and standalone serve projects',
  users: 'only OpenShift and standalone tell oc who is asking',
} as const

export type Need = keyof typeof LACKS_OF_CLUSTER

/** A place where Millrace serves image streams. */
export interface World {
  readonly name: string
  /** Why this machine cannot have it; false when it can. */
  readonly absent: string | false
  start(): Promise<Server>
  /** Why a test that needs this cannot run here, for its `skip`; false when it can. */
  lacks(need: Need): string | false
}

const worldOf = (
  name: string,
  absent: string | false,
  start: () => Promise<Server>,
  lacks: Partial<Record<Need, string>>,
): World => ({ name, absent, start, lacks: (need) => lacks[need] ?? false })

const STANDALONE = worldOf('standalone', false, startStandalone, {})
const CLUSTER = worldOf('in a cluster', withoutControlPlane, startCluster, LACKS_OF_CLUSTER)

/** Declares the same tests for each world. */
export function inEachWorld(tests: (world: World) => void): void {
  for (const world of [STANDALONE, CLUSTER])
    describe(world.name, { skip: world.absent, concurrency: false }, () => tests(world))
}

/** The same for tests that mostly wait for one program after the other: the worlds, which share nothing, go on side by side. */
export function inBothWorlds(tests: (world: World) => void): void {
  describe('side by side', { concurrency: true }, () => inEachWorld(tests))
}

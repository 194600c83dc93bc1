// What two servers cost a cluster in which nothing happens: by the cluster's own audit log.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { after, before, describe, test } from 'node:test'
import { startControlPlane, withoutControlPlane, type ControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { leaderOf, startReplica, type Replica } from '../support/replicas.ts'

/** The cluster serves no such kind. */
const MISSING = '--workload-kind=rollouts.argoproj.io/v1alpha1'
/** Milliseconds that are looked at, from a renewal of the lease on. */
const WHILE = 60_000

describe('an idle installation with two replicas', { skip: withoutControlPlane }, () => {
  let plane: ControlPlane
  let replicas: Replica[]
  before(async () => {
    plane = await startControlPlane({ audit: true })
    const start = () => startReplica(plane, plane.kubeconfig, [MISSING])
    replicas = [await start()]
    await leaderOf(replicas)
    replicas.push(await start())
  })
  after(async () => {
    await Promise.all(replicas.map((replica) => replica.stop('SIGKILL')))
    await plane?.stop()
  })

  const requests = () => plane.audited().filter(({ userAgent }) => userAgent?.startsWith('millrace/'))

  test('makes no list requests, begins no watches, and writes less than once in 10 seconds', async (t) => {
    const renewals = () => requests().filter(({ verb }) => verb === 'update').length
    assert.ok(
      requests().some(({ verb }) => verb === 'list'),
      'the log has what the servers ask for',
    )
    const known = renewals()
    await eventually(() => assert.ok(renewals() > known), { timeout: 20_000 })
    const before = requests().length
    await delay(WHILE)
    const made = requests().slice(before)
    const count = (verbs: string[]) => made.filter(({ verb }) => verbs.includes(verb)).length
    const urls = (verb: string) => made.flatMap((each) => (each.verb === verb ? each.requestURI : [])).join('\n')
    const writes = count(['create', 'update', 'patch', 'delete'])
    const custom = requests().filter(({ requestURI }) => requestURI.includes('rollouts'))
    assert.deepEqual(custom.map(({ verb }) => verb).toSorted(), ['list', 'watch'], 'only of its definition')
    const quotas = requests().filter(({ requestURI }) => requestURI.includes('/resourcequotas'))
    const lists = quotas.filter(({ verb }) => verb === 'list')
    assert.equal(lists.length, replicas.length, 'admission and controllers share what they know of quotas')
    t.diagnostic(`${made.length} requests in ${WHILE / 1000} s, ${writes} of them writes`)
    assert.equal(count(['list']), 0, urls('list'))
    assert.equal(count(['watch']), 0, urls('watch'))
    assert.ok(writes > 0 && writes < WHILE / 10_000, `${writes} writes`)
    assert.deepEqual([...new Set(made.map(({ verb }) => verb))], ['update'])
  })
})

// The recorded requests and answers of a real OpenShift server, where a checkout of that suite lies beside the project.
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startCluster } from '../support/cluster.ts'
import { withoutControlPlane } from '../support/controlPlane.ts'
import { execute, temporaryDirectory } from '../support/processes.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { ROOT } from '../support/sources.ts'
import { startStandalone } from '../support/standalone.ts'

/** Where the suite is looked for; CONFORMANCE names another place. */
const SUITE = process.env['CONFORMANCE'] ?? join(ROOT, '../shared/conformance')
const present = existsSync(join(SUITE, 'run.mjs'))
const absent = present ? false : 'no conformance suite at ../shared/conformance (CONFORMANCE names another place)'

interface Server {
  kubeconfig: string
  stop(): Promise<unknown>
}

function conformance(where: string, start: () => Promise<Server>, skip: string | false): void {
  describe(`the recorded answers of OpenShift, ${where}`, { skip }, () => {
    const cases = present ? readdirSync(join(SUITE, 'cases')).map((file) => file.replace(/\.mjs$/, '')) : []
    const transcript = join(temporaryDirectory('conformance'), 'transcript.json')
    let registry: TestRegistry
    let server: Server

    before(async () => {
      ;[registry, server] = await Promise.all([startRegistry(), start()])
      const args = ['--kubeconfig', server.kubeconfig, '--registry', registry.host, '--out', transcript]
      const outcome = await execute(process.execPath, [join(SUITE, 'run.mjs'), ...args], { timeout: 240_000 })
      assert.ok(existsSync(transcript), outcome.stdout + outcome.stderr)
    })
    after(() => Promise.all([registry?.stop(), server?.stop()]))

    for (const name of cases) {
      test(name, async () => {
        const deviations = join(ROOT, 'docs/conformance-deviations.json')
        const compare = [join(SUITE, 'compare.mjs'), join(SUITE, 'golden'), transcript, '--only', name]
        const outcome = await execute(process.execPath, [...compare, '--deviations', deviations])
        assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr)
      })
    }
  })
}

/** The garbage collector of a cluster finds kinds that are new within half a minute; the recorded one knew them. */
async function startCollectedCluster(): Promise<Server> {
  const cluster = await startCluster()
  await cluster.kubectl.with(JSON.stringify(stream)).run('create', '-f', '-')
  await cluster.kubectl.run('delete', 'is', 'collected', '--cascade=foreground', '--timeout=60s')
  return cluster
}

const stream = { apiVersion: 'image.openshift.io/v1', kind: 'ImageStream', metadata: { name: 'collected' } }

conformance('from standalone', () => startStandalone(), absent)
conformance('from a cluster', startCollectedCluster, absent || withoutControlPlane)

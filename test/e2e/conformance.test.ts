// The recorded requests and answers of a real OpenShift server, where a checkout of that suite lies beside the project.
import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { execute, temporaryDirectory } from '../support/processes.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import type { Server } from '../support/server.ts'
import { ROOT } from '../support/sources.ts'
import { inBothWorlds } from '../support/worlds.ts'

/** Where the suite is looked for; CONFORMANCE names another place. */
const SUITE = process.env['CONFORMANCE'] ?? join(ROOT, '../shared/conformance')
const present = existsSync(join(SUITE, 'run.mjs'))
const absent = present ? false : 'no conformance suite at ../shared/conformance (CONFORMANCE names another place)'

inBothWorlds((world) => {
  describe('the recorded answers of OpenShift', { skip: absent }, () => {
    const cases = present ? readdirSync(join(SUITE, 'cases')).map((file) => file.replace(/\.mjs$/, '')) : []
    const transcript = join(temporaryDirectory('conformance'), 'transcript.json')
    let registry: TestRegistry
    let server: Server

    before(async () => {
      ;[registry, server] = await Promise.all([startRegistry(), world.start()])
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
})

// What a real cluster puts in the way of a server or an installation: each is said with what to do, and nothing is left behind.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { freePort, withoutControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { startInstallation, type Installation } from '../support/installation.ts'
import { launch } from '../support/processes.ts'
import { MILLRACE } from '../support/server.ts'

describe('a cluster', { skip: withoutControlPlane }, () => {
  let here: Installation
  let kubectl: Installation['kubectl']
  before(async () => {
    here = await startInstallation()
    kubectl = here.kubectl
  })
  after(() => here?.stop())

  test('that does not reach a server: a signal ends its start at once, and takes the registration back', async (t) => {
    const [port, elsewhere] = await Promise.all([freePort(), freePort()])
    const data = join(here.directory, 'unreachable')
    const flags = ['--register-external', `https://localhost:${elsewhere}`, `--port=${port}`, '--data-dir', data]
    const env = { ...process.env, KUBECONFIG: here.kubeconfig, HOME: here.directory }
    const server = launch(MILLRACE, ['server', ...flags], { env })
    const registered = 'mutatingwebhookconfiguration/millrace'
    await eventually(() => kubectl.run('get', registered, 'apiservice/v1.image.openshift.io'), { timeout: 60_000 })
    const begun = performance.now()
    assert.equal(await server.stop('SIGTERM'), 0, server.stderr())
    const elapsed = performance.now() - begun
    t.diagnostic(`ended after ${Math.round(elapsed)} ms`)
    assert.ok(elapsed < 10_000, `${elapsed} ms`)
    assert.doesNotMatch(server.stderr(), /^error|failed|could not/m)
    assert.equal(server.stdout(), '')
    const kinds = 'apiservices,mutatingwebhookconfigurations,services'
    assert.doesNotMatch(await kubectl.run('get', kinds, '-A', '-o', 'name'), /\/(millrace|v1\.image\.openshift)/)
  })
})

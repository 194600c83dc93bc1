import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'
import { RESOLVE_NAMES } from './lookup.ts'

const STREAMS = '/apis/image.openshift.io/v1/namespaces/demo/imagestreams'
const stream = (name: string, local: boolean) => ({
  metadata: { name, namespace: 'demo' },
  spec: { lookupPolicy: { local } },
})
const DEPLOYMENT = '/apis/apps/v1/namespaces/demo/deployments/web'
const deployment = (annotations: object = {}) => ({
  metadata: { name: 'web', namespace: 'demo' },
  spec: { template: { metadata: { annotations } } },
})
const CRONJOB = '/apis/batch/v1/namespaces/demo/cronjobs/nightly'
const cronJob = { metadata: { name: 'nightly', namespace: 'demo' }, spec: { jobTemplate: { spec: { template: {} } } } }

test('bare names are streams, and only what changes is written', async () => {
  const answers = {
    [`GET ${STREAMS}/a`]: stream('a', false),
    [`GET ${STREAMS}/b`]: stream('b', true),
    [`PATCH strategic ${STREAMS}/a`]: stream('a', true),
  }
  const outcome = await runCommand(['set', 'image-lookup', 'a', 'b'], answers)
  assert.deepEqual([outcome.err, outcome.out], ['', 'imagestream.image.openshift.io/a image lookup updated\n'])
  assert.deepEqual(outcome.calls.at(-1), {
    line: `PATCH strategic ${STREAMS}/a`,
    body: { spec: { lookupPolicy: { local: true } } },
    options: { fieldManager: 'kubectl-set', dryRun: false },
  })
  const named = await runCommand(['set', 'image-lookup', 'a', '--field-manager=me', '--dry-run=server'], answers)
  assert.deepEqual(named.calls.at(-1)?.options, { fieldManager: 'me', dryRun: true })
})

test('workloads are annotated on their template, and --enabled=false takes it away', async () => {
  const answers = {
    [`GET ${DEPLOYMENT}`]: deployment(),
    [`PATCH strategic ${DEPLOYMENT}`]: deployment(),
    [`GET ${CRONJOB}`]: cronJob,
    [`PATCH strategic ${CRONJOB}`]: cronJob,
  }
  const body = async (args: string[], given: object) =>
    (await runCommand(['set', 'image-lookup', ...args], { ...answers, ...given })).calls[1]?.body
  const template = (value: string | null) => ({ template: { metadata: { annotations: { [RESOLVE_NAMES]: value } } } })
  assert.deepEqual(await body(['deploy/web'], {}), { spec: template('*') })
  assert.deepEqual(await body(['cj/nightly'], {}), { spec: { jobTemplate: { spec: template('*') } } })
  const marked = { [`GET ${DEPLOYMENT}`]: deployment({ [RESOLVE_NAMES]: '*' }) }
  assert.deepEqual(await body(['deploy/web', '--enabled=false'], marked), { spec: template(null) })
  assert.equal(await body(['deploy/web'], marked), undefined)
})

test('without names the state is listed', async () => {
  const list = { metadata: {}, items: [stream('mysql', true), stream('nginx', false)] }
  const outcome = await runCommand(['set', 'image-lookup'], { [`LIST ${STREAMS}`]: list })
  assert.equal(outcome.out, 'NAME   LOCAL\nmysql  true\nnginx  false\n')
  const one = await runCommand(['set', 'image-lookup', 'deploy/web', '--list'], { [`GET ${DEPLOYMENT}`]: deployment() })
  assert.equal(one.out, 'NAME             LOCAL\ndeployments/web  false\n')
  const ofType = { 'LIST /apis/apps/v1/namespaces/demo/deployments': { metadata: {}, items: [deployment()] } }
  assert.equal((await runCommand(['set', 'image-lookup', 'deploy', '--list'], ofType)).out, one.out)
  const named = await runCommand(['set', 'image-lookup', 'a', '--list'], { [`GET ${STREAMS}/a`]: stream('a', true) })
  assert.equal(named.out, 'NAME  LOCAL\na     true\n')
})

test('streams and other objects may stand together, and names exclude --all', async () => {
  const answers = {
    [`GET ${STREAMS}/a`]: stream('a', false),
    [`PATCH strategic ${STREAMS}/a`]: stream('a', true),
    [`GET ${DEPLOYMENT}`]: deployment(),
    [`PATCH strategic ${DEPLOYMENT}`]: deployment(),
  }
  const { out } = await runCommand(['set', 'image-lookup', 'deploy/web', 'a'], answers)
  assert.equal(out, 'deployment.apps/web image lookup updated\nimagestream.image.openshift.io/a image lookup updated\n')
  const { code, err, calls } = await runCommand(['set', 'image-lookup', 'a', '--all'], answers)
  const text = 'error: selectors and the all flag cannot be used when passing resource/name arguments\n'
  assert.deepEqual([code, err, calls], [1, text, []])
})

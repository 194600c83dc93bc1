import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { TRIGGERS_ANNOTATION } from '../../core/image/triggers.ts'
import { runCommand } from '../../../test/support/commandLine.ts'
import { forbidden } from '../../core/machinery/status.ts'

const DEPLOYMENTS = '/apis/apps/v1/namespaces/demo/deployments'
const deployment = (name: string) => ({
  metadata: { name, namespace: 'demo' },
  spec: { template: { spec: { containers: [{ name: 'myapp', image: 'r.io/ubi:8' }] } } },
})
const value = String.raw`[{"from":{"kind":"ImageStreamTag","name":"ubi:8"},"fieldPath":"spec.template.spec.containers[?(@.name==\"myapp\")].image"}]`
const patch = { metadata: { annotations: { [TRIGGERS_ANNOTATION]: value } } }
const get = `GET ${DEPLOYMENTS}/myapp`
const change = `PATCH strategic ${DEPLOYMENTS}/myapp`

test('a trigger is one read and one patch, whatever the resource is called', async () => {
  for (const args of [['deployment/myapp'], ['deploy/myapp'], ['deployments.apps/myapp'], ['deployment', 'myapp']]) {
    const outcome = await runCommand(['set', 'triggers', ...args, '--from-image', 'ubi:8', '-c', 'myapp'], {
      [get]: deployment('myapp'),
      [change]: deployment('myapp'),
    })
    assert.deepEqual([outcome.code, outcome.out, outcome.err], [0, 'deployment.apps/myapp triggers updated\n', ''])
    assert.deepEqual(outcome.calls, [
      { line: get },
      { line: change, body: patch, options: { fieldManager: 'kubectl-set', dryRun: false } },
    ])
  }
})

test('dry runs send nothing, or say so to the server', async () => {
  const args = ['set', 'triggers', 'deployment/myapp', '--from-image=ubi:8', '-c', 'myapp']
  const answers = { [get]: deployment('myapp'), [change]: deployment('myapp') }
  const client = await runCommand([...args, '--dry-run'], answers)
  assert.deepEqual([client.calls.length, client.out], [1, 'deployment.apps/myapp triggers updated (dry run)\n'])
  const server = await runCommand([...args, '--dry-run=server'], answers)
  assert.deepEqual(server.calls[1]?.options, { fieldManager: 'kubectl-set', dryRun: true })
  assert.equal(server.out, 'deployment.apps/myapp triggers updated (server dry run)\n')
  const named = await runCommand([...args, '--field-manager=me'], answers)
  assert.deepEqual(named.calls[1]?.options, { fieldManager: 'me', dryRun: false })
  assert.equal(
    (await runCommand([...args, '--dry-run=maybe'], answers)).err,
    'error: Invalid dry-run value (maybe). Must be "none", "server", or "client".\n',
  )
  const yaml = await runCommand([...args, '--dry-run=client', '-o', 'yaml'], answers)
  assert.match(
    yaml.out,
    /^apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n {2}annotations:\n {4}image\.openshift\.io\/triggers: /,
  )
})

test('what is set already is not written again', async () => {
  const set = {
    ...deployment('myapp'),
    metadata: { name: 'myapp', namespace: 'demo', annotations: { [TRIGGERS_ANNOTATION]: value } },
  }
  const outcome = await runCommand(['set', 'triggers', 'deployment/myapp', '--from-image', 'ubi:8', '-c', 'myapp'], {
    [get]: set,
  })
  assert.deepEqual([outcome.code, outcome.out, outcome.calls.length], [0, '', 1])
  assert.equal(outcome.err, 'info: deployments/myapp was not changed\n')
})

test('among others, what cannot be triggered is passed over; on its own it is a mistake', async () => {
  const pod = { 'GET /api/v1/namespaces/demo/pods/a': { metadata: { name: 'a' } } }
  const args = ['set', 'triggers', 'deploy/myapp', 'pod/a', '--from-image', 'ubi:8', '-c', 'myapp']
  const mixed = await runCommand(args, { ...pod, [get]: deployment('myapp'), [change]: deployment('myapp') })
  assert.deepEqual([mixed.code, mixed.out], [0, 'deployment.apps/myapp triggers updated\n'])
  const list = { metadata: {}, items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] }
  const pods = await runCommand(['set', 'triggers', 'pods', '--all', '--auto'], {
    'LIST /api/v1/namespaces/demo/pods': list,
  })
  assert.equal(pods.err, 'error: pods/a does not support triggers\nerror: pods/b does not support triggers\n')
  assert.equal(pods.code, 1)
})

test('--all goes through every page, and one failure does not stop the others', async () => {
  let page = 0
  const outcome = await runCommand(
    ['set', 'triggers', 'deployments', '--all', '--from-image', 'ubi:8', '-c', 'myapp'],
    {
      [`LIST ${DEPLOYMENTS}`]: () =>
        page++ === 0
          ? { metadata: { continue: 'more' }, items: [deployment('myapp')] }
          : { metadata: {}, items: [deployment('b')] },
      [change]: forbidden({ group: 'apps', plural: 'deployments' }, 'myapp', 'no'),
      [`PATCH strategic ${DEPLOYMENTS}/b`]: deployment('b'),
    },
  )
  assert.equal(page, 2)
  assert.deepEqual([outcome.code, outcome.out], [1, 'deployment.apps/b triggers updated\n'])
  assert.match(outcome.err, /^error: failed to patch triggers of deployments\/myapp: .*is forbidden: no\n$/)
})

test('without action flags the table is printed', async () => {
  const outcome = await runCommand(['set', 'triggers', 'deploy/myapp'], { [get]: deployment('myapp') })
  assert.equal(outcome.out, 'NAME               TYPE    VALUE  AUTO\ndeployments/myapp  config         true\n')
})

test('files name objects that are read again, or taken as they are', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-triggers-'))
  after(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'app.yaml')
  const text = JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', ...deployment('myapp') })
  writeFileSync(file, `---\n${text}\n---\n`)
  const args = ['set', 'triggers', '-f', file, '--from-image=ubi:8', '-c=myapp']
  const read = await runCommand(args, { [get]: deployment('myapp'), [change]: deployment('myapp') })
  assert.deepEqual([read.code, read.calls.length], [0, 2])
  const local = await runCommand([...args, '--local', '-ojson'])
  assert.equal(
    (JSON.parse(local.out) as ReturnType<typeof deployment> & { metadata: { annotations: Record<string, string> } })
      .metadata.annotations[TRIGGERS_ANNOTATION],
    value,
  )
  assert.equal(local.calls.length, 0)
  const gone = await runCommand(['set', 'triggers', '-f', '/nowhere.yaml', '--auto'])
  assert.equal(gone.err, 'error: the path "/nowhere.yaml" does not exist\n')
})

const discovery = {
  'GET /apis': { groups: [{ name: 'argoproj.io', preferredVersion: { groupVersion: 'argoproj.io/v1alpha1' } }] },
  'GET /api/v1': { resources: [] },
  'GET /apis/argoproj.io/v1alpha1': {
    resources: [{ name: 'rollouts', singularName: 'rollout', kind: 'Rollout', namespaced: true, shortNames: ['ro'] }],
  },
}
const ROLLOUT = '/apis/argoproj.io/v1alpha1/namespaces/demo/rollouts/myapp'

test('a custom resource with a pod template is found by discovery, and patched as such resources can be', async () => {
  for (const word of ['rollout', 'ro', 'rollouts.argoproj.io']) {
    const outcome = await runCommand(['set', 'triggers', `${word}/myapp`, '--from-image=ubi:8', '-c=myapp'], {
      ...discovery,
      [`GET ${ROLLOUT}`]: deployment('myapp'),
      [`PATCH merge ${ROLLOUT}`]: deployment('myapp'),
    })
    assert.deepEqual([outcome.out, outcome.err], ['rollout.argoproj.io/myapp triggers updated\n', ''])
    assert.deepEqual(outcome.calls.at(-1)?.body, patch)
  }
})

test('a workload without a pod template, or whose template never changes, is refused with what to do', async () => {
  const without = { metadata: { name: 'myapp', namespace: 'demo' }, spec: { workloadRef: { name: 'web' } } }
  const custom = await runCommand(['set', 'triggers', 'rollout/myapp', '--auto'], {
    ...discovery,
    [`GET ${ROLLOUT}`]: without,
  })
  assert.match(
    custom.err,
    /^error: rollouts\/myapp does not support triggers: there is no pod template at spec\.template\.spec/,
  )
  const job = await runCommand(['set', 'triggers', 'job/myapp', '--auto'], {
    'GET /apis/batch/v1/namespaces/demo/jobs/myapp': deployment('myapp'),
  })
  assert.match(job.err, /^error: jobs\/myapp does not support triggers: a Job keeps the images .* into its manifest\n$/)
})

test('kinds without triggers, unknown kinds and bad flags are refused', async () => {
  const cases: [string[], RegExp][] = [
    [['pod/a', '--auto'], /^error: pods\/a does not support triggers\n$/],
    [
      ['dc/a', '--auto'],
      /^error: deploymentconfigs\/a: triggers of a DeploymentConfig are not supported here, use oc\n$/,
    ],
    [['gizmo/a', '--auto'], /^error: the server doesn't have a resource type "gizmo"\n$/],
    [
      ['deployment', '--auto'],
      /^error: resource\(s\) were provided, but no name was specified \(see 'millrace set triggers --help'\)\n$/,
    ],
    [['--auto'], /^error: You must provide one or more resources by argument or filename\.\n/],
    [['deployment/myapp', '--auto', '--manual'], /^error: you must specify at most one of --auto or --manual\n$/],
    [
      ['deployment/myapp', '--from-image', 'ubi:8'],
      /^error: deployments\/myapp you must specify --containers when setting --from-image\n$/,
    ],
    [
      ['deployment/myapp', '--from-image', 'ubi:8', '-c', 'x'],
      /^error: deployments\/myapp not all container names exist: x \(accepts: myapp\)\n$/,
    ],
    [['deployment/myapp', '--from-github'], /^error: deployments\/myapp does not support GitHub web hooks\n$/],
  ]
  const answers = {
    [get]: deployment('myapp'),
    'GET /api/v1/namespaces/demo/pods/a': { metadata: { name: 'a' } },
    'GET /apis/apps.openshift.io/v1/namespaces/demo/deploymentconfigs/a': { metadata: { name: 'a' } },
    'GET /apis': { groups: [{ name: 'apps', preferredVersion: { groupVersion: 'apps/v1' } }] },
    'GET /api/v1': { resources: [] },
    'GET /apis/apps/v1': { resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true }] },
  }
  for (const [args, err] of cases) {
    const outcome = await runCommand(['set', 'triggers', ...args], answers)
    assert.match(outcome.err, err)
    assert.deepEqual([outcome.code, outcome.out], [1, ''])
  }
})

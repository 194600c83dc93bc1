import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'
import { ApiError, notFound } from '../../core/machinery/status.ts'

const NS = '/apis/image.openshift.io/v1/namespaces'
const APP = '/apis/apps/v1/namespaces/demo/deployments/app'
const JOB = '/apis/batch/v1/namespaces/demo/cronjobs/job'
const POD = '/api/v1/namespaces/demo/pods/p'
const podSpec = () => ({
  initContainers: [{ name: 'init', image: 'x/y:1' }],
  containers: [{ name: 'main', image: 'x/y:1' }, { name: 'side' }],
})
const metadata = (name: string) => ({ name, namespace: 'demo' })
const app = { metadata: metadata('app'), spec: { template: { spec: podSpec() } } }
const answers = { [`GET ${APP}`]: app, [`PATCH strategic ${APP}`]: app }
const setImage = (...args: string[]) => runCommand(['set', 'image', ...args], answers)
const order = { '$setElementOrder/containers': [{ name: 'main' }, { name: 'side' }] }

test('what changes is sent as kubectl sends it', async () => {
  const outcome = await setImage('deploy/app', 'main=q:2')
  assert.deepEqual([outcome.err, outcome.out], ['', 'deployment.apps/app image updated\n'])
  assert.deepEqual(outcome.calls[1], {
    line: `PATCH strategic ${APP}`,
    body: { spec: { template: { spec: { ...order, containers: [{ image: 'q:2', name: 'main' }] } } } },
    options: { fieldManager: 'kubectl-set', dryRun: false },
  })
  const named = await setImage('deploy/app', 'main=q:2', '--field-manager=me', '--dry-run=server')
  assert.deepEqual(named.calls[1]?.options, { fieldManager: 'me', dryRun: true })
})

test('what is the same already is neither sent nor printed', async () => {
  const outcome = await setImage('deploy', 'app', 'main=x/y:1')
  assert.deepEqual([outcome.code, outcome.out, outcome.err, outcome.calls.length], [0, '', '', 1])
})

test('* means every container, also the initial ones', async () => {
  const { calls } = await setImage('deploy/app', '*=q:2')
  const both = [
    { image: 'q:2', name: 'main' },
    { image: 'q:2', name: 'side' },
  ]
  const init = {
    '$setElementOrder/initContainers': [{ name: 'init' }],
    initContainers: [{ image: 'q:2', name: 'init' }],
  }
  assert.deepEqual(calls[1]!.body, { spec: { template: { spec: { ...order, ...init, containers: both } } } })
})

test('pods and cron jobs have their pod spec elsewhere', async () => {
  const outcome = await runCommand(['set', 'image', 'pod/p', 'cj/job', 'init=q:2'], {
    [`GET ${POD}`]: { metadata: metadata('p'), spec: podSpec() },
    [`PATCH strategic ${POD}`]: { metadata: metadata('p') },
    [`GET ${JOB}`]: { metadata: metadata('job'), spec: { jobTemplate: { spec: { template: { spec: podSpec() } } } } },
    [`PATCH strategic ${JOB}`]: { metadata: metadata('job') },
  })
  assert.equal(outcome.out, 'pod/p image updated\ncronjob.batch/job image updated\n')
  const inner = {
    '$setElementOrder/initContainers': [{ name: 'init' }],
    initContainers: [{ image: 'q:2', name: 'init' }],
  }
  const bodies = outcome.calls.flatMap(({ body }) => body ?? [])
  assert.deepEqual(bodies, [{ spec: inner }, { spec: { jobTemplate: { spec: { template: { spec: inner } } } } }])
})

test('an image may come from a stream', async () => {
  const image = (reference: string) => ({ metadata: {}, image: { dockerImageReference: reference } })
  const cases: [string, string, string, object, string][] = [
    ['istag', 'ubi:8', `${NS}/demo/imagestreamtags/ubi:8`, image('docker.io/ubi@sha256:aa'), ''],
    ['imagestreamtag', 'q/ubi:8', `${NS}/q/imagestreamtags/ubi:8`, image('docker.io/ubi:8'), 'docker.io/library/ubi:8'],
    ['isimage', 'ubi@sha256:a', `${NS}/demo/imagestreamimages/ubi@sha256:a`, image('q.io/a/ubi:8'), 'q.io/a/ubi:8'],
    ['imagestreamimage', 'q/ubi@1', `${NS}/q/imagestreamimages/ubi@1`, image('ubi'), 'ubi'],
  ]
  for (const [source, text, path, answer, spec] of cases) {
    const args = ['set', 'image', 'deploy/app', `main=${text}`, '--source', source]
    const { calls, err } = await runCommand(args, { ...answers, [`GET ${path}`]: answer })
    const body = JSON.stringify(calls[2]?.body ?? null)
    if (spec) assert.ok(body.includes(`"image":"${spec}"`), body)
    else assert.equal(err, 'error: unable to resolve image "ubi:8" for container "main": invalid reference format\n')
  }
})

test('what cannot be resolved or found does not keep the rest', async () => {
  const tag = `${NS}/demo/imagestreamtags/ubi:9`
  const missing = { [`GET ${tag}`]: notFound({ group: 'image.openshift.io', plural: 'imagestreamtags' }, 'ubi:9') }
  const cases: [string[], string][] = [
    [['nope=a:1', 'main=q:2'], 'unable to find container named "nope"'],
    [
      ['main=ubi:9', '--source=istag'],
      'unable to resolve image "ubi:9" for container "main": failed to get image stream tag "ubi:9": imagestreamtags.image.openshift.io "ubi:9" not found',
    ],
    [['main=a', '--source=bad'], 'unable to resolve image "a" for container "main": unable to resolve bad "a"'],
    [
      ['main=a/b/c:1', '--source=istag'],
      'unable to resolve image "a/b/c:1" for container "main": failed to get image stream tag "": resource name may not be empty',
    ],
  ]
  for (const [args, message] of cases) {
    const outcome = await runCommand(['set', 'image', 'deploy/app', ...args], {
      ...answers,
      ...missing,
      [`GET ${NS}/demo/imagestreamtags/`]: new ApiError(400, 'BadRequest', 'resource name may not be empty'),
    })
    assert.deepEqual([outcome.err, outcome.code], [`error: ${message}\n`, 1])
    assert.equal(outcome.out, args.includes('main=q:2') ? 'deployment.apps/app image updated\n' : '')
  }
})

test('a dry run prints what would be', async () => {
  const client = await setImage('deploy/app', 'main=q:2', '--dry-run=client')
  assert.deepEqual([client.out, client.calls.length], ['deployment.apps/app image updated (dry run)\n', 1])
  const json = await setImage('deploy/app', 'main=q:2', '--dry-run=client', '-o', 'json')
  const { spec } = JSON.parse(json.out) as typeof app
  assert.equal(spec.template.spec.containers[0]?.image, 'q:2')
  const server = await setImage('deploy/app', 'main=q:2', '--dry-run=server')
  assert.partialDeepStrictEqual(server.calls[1], { options: { dryRun: true } })
})

test('wrong arguments are refused before anything is asked', async () => {
  const cases: [string[], string][] = [
    [['deploy/app'], 'at least one image update is required'],
    [['deploy/app', 'main=x', 'deploy/app'], 'all resources must be specified before image changes: deploy/app'],
    [['deploy/app', 'main-'], 'invalid image format: main-'],
    [
      ['deploy/app', '*=a', 'main=b'],
      'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    ],
    [['deploy/app', 'a=b', '--local'], 'pass files with -f when using --local'],
    [['deploy', '--all', '-l', 'a=b', 'a=b'], 'cannot set --all and --selector at the same time'],
  ]
  for (const [args, message] of cases) {
    const outcome = await setImage(...args)
    assert.deepEqual([outcome.err, outcome.calls], [`error: ${message}\n`, []])
  }
})

test('objects without pod spec, and refusals of the server, are told', async () => {
  const stream = await runCommand(['set', 'image', 'is/ubi', 'a=b'], {
    [`GET ${NS}/demo/imagestreams/ubi`]: { metadata: metadata('ubi'), spec: {} },
  })
  assert.equal(stream.err, 'error: imagestreams/ubi the object is not a pod or does not have a pod template\n')
  const refused = new ApiError(422, 'Invalid', 'Deployment.apps "app" is invalid: no')
  const outcome = await runCommand(['set', 'image', 'deploy/app', 'main='], {
    ...answers,
    [`PATCH strategic ${APP}`]: refused,
  })
  assert.equal(
    outcome.err,
    'error: failed to patch image update to pod template: Deployment.apps "app" is invalid: no\n',
  )
})

test('custom resources, which take no strategic patches, get a JSON patch that tests where containers are', async () => {
  const path = '/apis/argoproj.io/v1alpha1/namespaces/demo/rollouts/app'
  const object = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: metadata('app'),
    spec: { template: { spec: { ...podSpec(), containers: [{ name: 'main', image: 'x/y:1' }, { image: 'x/z' }] } } },
  }
  const custom = {
    'GET /apis': { groups: [{ name: 'argoproj.io', preferredVersion: { groupVersion: 'argoproj.io/v1alpha1' } }] },
    'GET /apis/argoproj.io/v1alpha1': { resources: [{ name: 'rollouts', kind: 'Rollout', namespaced: true }] },
    [`GET ${path}`]: object,
    [`PATCH json ${path}`]: object,
  }
  const { out, err, calls } = await runCommand(['set', 'image', 'rollouts.argoproj.io/app', '*=q:2'], custom)
  assert.deepEqual([err, out], ['', 'rollout.argoproj.io/app image updated\n'])
  const at = (list: string, field: string) => `/spec/template/spec/${list}/${field}`
  assert.deepEqual(calls.at(-1)!.body, [
    { op: 'test', path: at('initContainers/0', 'name'), value: 'init' },
    { op: 'add', path: at('initContainers/0', 'image'), value: 'q:2' },
    { op: 'test', path: at('containers/0', 'name'), value: 'main' },
    { op: 'add', path: at('containers/0', 'image'), value: 'q:2' },
    { op: 'add', path: at('containers/1', 'image'), value: 'q:2' },
  ])
})

// Triggers on every kind of workload: Jobs when they are created, and custom resources that the administrator has named.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startCluster, type Cluster } from '../support/cluster.ts'
import type { Command } from '../support/commands.ts'
import { withoutControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { startStandalone } from '../support/standalone.ts'

const GROUP = 'image.openshift.io/v1'
const TRIGGERS = 'image.openshift.io/triggers'
const digest = (c: string) => `sha256:${c.repeat(64)}`
const pull = (c: string) => `quay.io/acme/web@${digest(c)}`
const CONTAINER = 'spec.template.spec.containers[0]'

const annotations = (tag = '1', fieldPath = `${CONTAINER}.image`) => ({
  [TRIGGERS]: JSON.stringify([{ from: { kind: 'ImageStreamTag', name: `web:${tag}` }, fieldPath }]),
})
const podSpec = { restartPolicy: 'Never', containers: [{ name: 'web', image: 'web:dev' }] }
const job = (name: string, tag = 'job') => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name, annotations: annotations(tag) },
  spec: { suspend: true, template: { spec: podSpec } },
})

/** A kind as its project defines it, as far as it matters here. */
interface Custom {
  kind: string
  plural: string
  group: string
  version: string
  /** With a subresource `status`. */
  status: boolean
  /** Names joined by dots, where it is not the usual place. */
  path?: string
  spec: (image: string) => object
}
const container = (image: string) => ({ image, env: [{ name: 'A', value: 'b' }] })
/** As Argo has it. */
const ROLLOUT: Custom = {
  kind: 'Rollout',
  plural: 'rollouts',
  group: 'argoproj.io',
  version: 'v1alpha1',
  status: true,
  spec: (image) => ({
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    strategy: { canary: {} },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', ...container(image) }] },
    },
  }),
}
/** As Knative has it: its containers need no names. */
const SERVICE: Custom = {
  kind: 'Service',
  plural: 'services',
  group: 'serving.knative.dev',
  version: 'v1',
  status: true,
  spec: (image) => ({ template: { spec: { containers: [container(image)] } } }),
}
/** Without a subresource, and with its pods elsewhere. */
const FLEET: Custom = {
  kind: 'Fleet',
  plural: 'fleets',
  group: 'games.example.com',
  version: 'v1beta2',
  status: false,
  path: 'spec.game.pod',
  spec: (image) => ({ game: { pod: { containers: [{ name: 'web', ...container(image) }] } } }),
}
const KINDS = [ROLLOUT, SERVICE, FLEET]

const flagOf = ({ plural, group, version, path }: Custom) =>
  `--workload-kind=${plural}.${group}/${version}${path ? `=${path}` : ''}`
const pathOf = ({ path = 'spec.template.spec' }: Custom) => `${path}.containers[0].image`

function definition({ kind, plural, group, version, status }: Custom): object {
  const schema = {
    type: 'object',
    properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    'x-kubernetes-preserve-unknown-fields': true,
  }
  const served = { name: version, served: true, storage: true, schema: { openAPIV3Schema: schema } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [{ ...served, ...(status && { subresources: { status: {} } }) }],
    },
  }
}
const custom = (of: Custom, name: string, tag?: string, image = 'web:dev') => ({
  apiVersion: `${of.group}/${of.version}`,
  kind: of.kind,
  metadata: { name, annotations: annotations(tag, pathOf(of)) },
  spec: of.spec(image),
})

/** Helpers around one server. */
function hands(kubectl: Command) {
  return {
    /** As a registry tells of a push. */
    async push(tag: string, c: string): Promise<void> {
      const image = { metadata: { name: digest(c) }, dockerImageReference: pull(c) }
      const mapping = { kind: 'ImageStreamMapping', apiVersion: GROUP, metadata: { name: 'web' }, image, tag }
      const path = `/apis/${GROUP}/namespaces/default/imagestreammappings`
      await kubectl.with(JSON.stringify(mapping)).run('create', '--raw', path, '-f', '-')
    },
    apply: (object: object, ...args: string[]) => kubectl.with(JSON.stringify(object)).run('apply', '-f', '-', ...args),
    peek: (what: string, path: string) => kubectl.run('get', what, '-o', `jsonpath={.${path}}`),
    async stream(): Promise<void> {
      await this.apply({ apiVersion: GROUP, kind: 'ImageStream', metadata: { name: 'web' } })
    },
  }
}
const APPLY = [
  ['on the client', []],
  ['on the server', ['--server-side', '--force-conflicts']],
] as const

function jobs(
  where: string,
  start: () => Promise<{ kubectl: Command; stop(): Promise<unknown> }>,
  skip: string | false,
) {
  describe(`a Job with triggers, ${where}`, { skip }, () => {
    let server: Awaited<ReturnType<typeof start>>
    let kubectl: Command
    let to: ReturnType<typeof hands>
    before(async () => {
      server = await start()
      kubectl = server.kubectl
      to = hands(kubectl)
      await to.stream()
      await to.push('job', 'a')
    })
    after(() => server?.stop())

    test('is created with the image of its tag, and stays so', async () => {
      await to.apply(job('early'))
      assert.equal(await to.peek('job/early', `${CONTAINER}.image`), pull('a'))
      await to.push('job', 'b')
      await to.apply(job('late'))
      assert.equal(await to.peek('job/late', `${CONTAINER}.image`), pull('b'))
      assert.equal(await to.peek('job/early', `${CONTAINER}.image`), pull('a'))
    })

    for (const [way, flags] of APPLY) {
      test(`takes its manifest again ${way}, though the tag has moved`, async () => {
        // Whoever applies in another way than before becomes another owner of the fields, which is a change.
        await to.apply(job('early'), ...flags)
        const version = await to.peek('job/early', 'metadata.resourceVersion')
        await to.apply(job('early'), ...flags)
        assert.equal(await to.peek('job/early', 'metadata.resourceVersion'), version)
        assert.equal(await to.peek('job/early', 'metadata.generation'), '1')
        assert.equal(await to.peek('job/early', `${CONTAINER}.image`), pull('a'))
      })
    }

    for (const [way, flags] of APPLY) {
      test(`that names a stream takes its manifest again ${way}, though the tag has moved`, async () => {
        await kubectl.run('patch', 'is', 'web', '--type=merge', '-p', '{"spec":{"lookupPolicy":{"local":true}}}')
        const name = `named-${flags.length}`
        const named = (image: string) => ({
          ...job(name),
          metadata: { name },
          spec: { suspend: true, template: { spec: { ...podSpec, containers: [{ name: 'web', image }] } } },
        })
        await to.push(name, 'a')
        await to.apply(named(`web:${name}`), ...flags)
        await to.push(name, 'b')
        await to.apply(named(`web:${name}`), ...flags)
        // From then on nobody else writes it.
        await kubectl.run('wait', '--for=condition=Suspended', `job/${name}`)
        const version = await to.peek(`job/${name}`, 'metadata.resourceVersion')
        await to.apply(named(`web:${name}`), ...flags)
        assert.equal(await to.peek(`job/${name}`, 'metadata.resourceVersion'), version)
        assert.equal(await to.peek(`job/${name}`, `${CONTAINER}.image`), pull('a'))
        await to.push('other', 'c')
        const other = await kubectl.with(JSON.stringify(named('web:other'))).try('apply', '-f', '-', ...flags)
        assert.match(other.stderr, /field is immutable/)
      })
    }

    test('whose trigger is paused later takes its manifest', async () => {
      const { metadata, ...rest } = job('early')
      const triggers = metadata.annotations[TRIGGERS].replace(/}\]$/, ',"paused":true}]')
      await to.apply(
        { ...rest, metadata: { ...metadata, annotations: { [TRIGGERS]: triggers } } },
        '--server-side',
        '--force-conflicts',
      )
      assert.match(
        await to.peek('job/early', String.raw`metadata.annotations.image\.openshift\.io/triggers`),
        /"paused":true/,
      )
      assert.equal(await to.peek('job/early', `${CONTAINER}.image`), pull('a'))
    })

    test('whose tag is not there yet is created as it is, and its writer is told what to do', async () => {
      const made = await kubectl.with(JSON.stringify(job('vain', '9'))).try('create', '-f', '-')
      assert.equal(made.code, 0)
      assert.match(
        made.stderr,
        /^Warning: image\.openshift\.io\/triggers: trigger \[0\]: .*web:9.* a Job keeps .* create it again/m,
      )
      await to.push('9', 'c')
      const witness = { ...job('witness', '9'), apiVersion: 'apps/v1', kind: 'Deployment' }
      const labels = { app: 'witness' }
      const template = { metadata: { labels }, spec: { containers: podSpec.containers } }
      await to.apply({ ...witness, spec: { replicas: 0, selector: { matchLabels: labels }, template } })
      await to.push('9', 'd')
      await eventually(async () => assert.equal(await to.peek('deployment/witness', `${CONTAINER}.image`), pull('d')))
      assert.equal(await to.peek('job/vain', `${CONTAINER}.image`), 'web:dev')
      assert.equal(await to.peek('job/vain', 'metadata.generation'), '1')
    })

    test('of a CronJob has triggers where the template of Jobs says so', async () => {
      const cron = {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'nightly' },
        spec: {
          schedule: '0 0 1 1 *',
          suspend: true,
          jobTemplate: { metadata: { annotations: annotations('9') }, spec: job('x').spec },
        },
      }
      await to.apply(cron)
      await kubectl.run('create', 'job', 'tonight', '--from=cronjob/nightly')
      assert.equal(await to.peek('job/tonight', `${CONTAINER}.image`), pull('d'))
      assert.match(
        await to.peek('cronjob/nightly', 'spec.jobTemplate.spec.template.spec.containers[0].image'),
        /^web:dev$/,
      )
    })
  })
}

let shared: Promise<Cluster> | undefined
const sharedCluster = (): Promise<Cluster> => (shared ??= startCluster(...KINDS.map(flagOf)))
after(async () => (await shared)?.stop())

describe('a custom kind of workload', { skip: withoutControlPlane }, () => {
  let cluster: Cluster
  let kubectl: Command
  let to: ReturnType<typeof hands>
  before(async () => {
    cluster = await sharedCluster()
    kubectl = cluster.kubectl
    to = hands(kubectl)
    await to.stream()
    await to.push('1', 'a')
    // Only now: the server has been waiting for the kinds.
    for (const kind of KINDS) await to.apply(definition(kind))
    for (const { plural, group } of KINDS)
      await kubectl.run('wait', '--for=condition=Established', `crd/${plural}.${group}`, '--timeout=30s')
  })

  for (const kind of KINDS) {
    const { plural, group } = kind
    const name = (object: string) => `${plural}.${group}/${object}`
    const image = (object: string) => to.peek(name(object), pathOf(kind))

    describe(name(''), () => {
      test('is created with the image of its tag, which says so', async () => {
        await to.apply(custom(kind, 'app'))
        assert.equal(await image('app'), pull('a'))
        assert.equal(await to.peek(name('app'), 'metadata.generation'), '1')
        const cause = await to.peek(name('app'), String.raw`metadata.annotations.kubernetes\.io/change-cause`)
        assert.match(cause, /^image stream default\/web:1 → sha256:a/)
      })

      for (const [way, flags] of APPLY) {
        test(`does not change when its manifest is applied again ${way}`, async () => {
          await to.apply(custom(kind, 'app'), ...flags)
          const version = await to.peek(name('app'), 'metadata.resourceVersion')
          await to.apply(custom(kind, 'app'), ...flags)
          assert.equal(await to.peek(name('app'), 'metadata.resourceVersion'), version)
          assert.equal(await to.peek(name('app'), 'metadata.generation'), '1')
          assert.equal(await image('app'), pull('a'))
        })
      }

      test('follows a tag that comes later, once the kind is served', async () => {
        await to.apply(custom(kind, 'waiting', plural))
        assert.equal(await image('waiting'), 'web:dev')
        await to.push(plural, 'b')
        await eventually(async () => assert.equal(await image('waiting'), pull('b')))
        await to.push(plural, 'c')
        await eventually(async () => assert.equal(await image('waiting'), pull('c')))
        assert.equal(await to.peek(name('waiting'), 'metadata.generation'), '3')
        const events = () =>
          kubectl.run(
            'events',
            '--for',
            name('waiting'),
            '-o',
            'jsonpath={range .items[*]}{.involvedObject.kind} {.reason}\n{end}',
          )
        await eventually(async () => assert.match(await events(), new RegExp(`^${kind.kind} ImageUpdated$`, 'm')))
      })

      test('may name a stream of its namespace', async () => {
        await kubectl.run('patch', 'is', 'web', '--type=merge', '-p', '{"spec":{"lookupPolicy":{"local":true}}}')
        const { metadata, ...rest } = custom(kind, 'local', '1', 'web:1')
        await to.apply({ ...rest, metadata: { name: metadata.name } })
        assert.equal(await image('local'), pull('a'))
      })
    })
  }

  test('may be taken away and come again', async () => {
    const name = `${FLEET.plural}.${FLEET.group}`
    await kubectl.run('delete', 'crd', name)
    await to.apply(definition(FLEET))
    await kubectl.run('wait', '--for=condition=Established', `crd/${name}`, '--timeout=30s')
    await to.push('again', 'a')
    // What is served again may take a moment to be, and to be sent to us.
    await eventually(() => to.apply(custom(FLEET, 'second', 'again')))
    const image = () => to.peek(`${name}/second`, pathOf(FLEET))
    await eventually(async () => assert.equal(await image(), pull('a')))
    await to.push('again', 'b')
    await eventually(async () => assert.equal(await image(), pull('b')))
  })

  test('that takes its pods from elsewhere is told where the annotation belongs', async () => {
    const elsewhere = custom(ROLLOUT, 'elsewhere')
    const spec = { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } }
    const { code, stderr } = await kubectl.with(JSON.stringify({ ...elsewhere, spec })).try('apply', '-f', '-')
    assert.equal(code, 0)
    assert.match(stderr, /^Warning: .*this Rollout has no spec\.template\.spec; .* put the annotation there/m)
  })

  test('gets its triggers from the command line', async () => {
    const { metadata, ...rest } = custom(ROLLOUT, 'bare')
    await to.apply({ ...rest, metadata: { name: metadata.name } })
    const set = ['set', 'triggers', 'rollout/bare']
    assert.match(
      await cluster.millrace.run(...set, '--from-image=web:1', '-c=web'),
      /^rollout\.argoproj\.io\/bare triggers updated/,
    )
    await eventually(async () => assert.equal(await to.peek('rollout/bare', `${CONTAINER}.image`), pull('a')))
    assert.match(await cluster.millrace.run(...set), /^rollouts\/bare +image +web:1 \(web\) +true$/m)
  })
})

describe('a custom kind on the command line', { skip: withoutControlPlane }, () => {
  let cluster: Cluster
  let to: ReturnType<typeof hands>
  before(async () => {
    cluster = await sharedCluster()
    to = hands(cluster.kubectl)
    for (const kind of [ROLLOUT, SERVICE]) {
      await to.apply(definition(kind))
      await cluster.kubectl.run('wait', '--for=condition=Established', `crd/${kind.plural}.${kind.group}`)
      await eventually(() => to.apply({ ...custom(kind, 'hand'), metadata: { name: 'hand' } }))
    }
  })

  for (const [{ plural, group }, container] of [
    [ROLLOUT, 'web'],
    [SERVICE, '*'],
  ] as const) {
    const name = `${plural}.${group}/hand`
    test(`gets another image, and leaves the rest: ${name}`, async () => {
      const set = ['set', 'image', name, `${container}=quay.io/acme/web:2`]
      await cluster.millrace.run(...set, '--dry-run=server')
      assert.equal(await to.peek(name, `${CONTAINER}.image`), 'web:dev')
      assert.match(await cluster.millrace.run(...set), /\.\S+\/hand image updated$/m)
      assert.equal(await to.peek(name, `${CONTAINER}.image`), 'quay.io/acme/web:2')
      assert.equal(await to.peek(name, `${CONTAINER}.env[0].value`), 'b')
      assert.equal(await cluster.millrace.run(...set), '')
    })

    test(`asks for names to be looked up, and no longer: ${name}`, async () => {
      const annotation = String.raw`spec.template.metadata.annotations.alpha\.image\.policy\.openshift\.io/resolve-names`
      assert.match(await cluster.millrace.run('set', 'image-lookup', name), /\/hand image lookup updated$/m)
      assert.equal(await to.peek(name, annotation), '*')
      await cluster.millrace.run('set', 'image-lookup', name, '--enabled=false')
      assert.equal(await to.peek(name, annotation), '')
    })
  }
})

/** Wherever a pod spec is, and whatever asks for names to be looked up: the cluster has to see it, to send it to us. */
describe('a name of a stream, in a cluster', { skip: withoutControlPlane }, () => {
  const FORCE = { annotations: { 'alpha.image.policy.openshift.io/resolve-names': '*' } }
  const WHOLE = 'docker.io/library/web:named'
  const OTHER = 'example.com/x:1'
  const containers = (image: string, init = OTHER) => ({
    restartPolicy: 'Never',
    initContainers: [{ name: 'first', image: init }],
    containers: [{ name: 'main', image }],
  })
  const template = (spec: object, metadata: object = {}) => ({ spec: { suspend: true, template: { metadata, spec } } })
  const of = (apiVersion: string, kind: string, rest: object, metadata: object = {}) => ({
    apiVersion,
    kind,
    metadata,
    ...rest,
  })
  const cases: [what: string, object: ReturnType<typeof of>][] = [
    ['of a pod', of('v1', 'Pod', { spec: containers('web:named') })],
    ['of an init container', of('v1', 'Pod', { spec: containers(OTHER, 'web:named') })],
    ['of a Job', of('batch/v1', 'Job', template(containers('web:named')))],
    [
      'of a CronJob',
      of('batch/v1', 'CronJob', {
        spec: { schedule: '0 0 1 1 *', jobTemplate: template(containers('web:named')) },
      }),
    ],
    ['that is forced by the object', of('v1', 'Pod', { spec: containers(WHOLE) }, FORCE)],
    ['that is forced by the template', of('batch/v1', 'Job', template(containers(WHOLE), FORCE))],
    [
      'that is forced by the template of a template',
      of('batch/v1', 'CronJob', {
        spec: { schedule: '0 0 1 1 *', jobTemplate: template(containers(WHOLE), FORCE) },
      }),
    ],
  ]
  let kubectl: Command
  before(async () => {
    kubectl = (await sharedCluster()).kubectl
    const to = hands(kubectl)
    await to.stream()
    await to.push('named', 'e')
    await kubectl.run('patch', 'is', 'web', '--type=merge', '-p', '{"spec":{"lookupPolicy":{"local":true}}}')
  })

  for (const [i, [what, object]] of cases.entries()) {
    test(`${what} is looked up`, async () => {
      const named = { ...object, metadata: { ...object.metadata, name: `named-${i}` } }
      const dry = ['create', '--dry-run=server', '-f', '-', '-o', 'jsonpath={..image}']
      const images = (await kubectl.with(JSON.stringify(named)).run(...dry)).split(' ')
      assert.deepEqual(images.toSorted(), [OTHER, pull('e')])
    })
  }
})

jobs('standalone', () => startStandalone(), false)
jobs(
  'in a cluster',
  async () => ({ kubectl: (await sharedCluster()).kubectl, stop: () => Promise.resolve() }),
  withoutControlPlane,
)

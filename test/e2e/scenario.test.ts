// From push to redeploy: the whole story with the real kubectl, skopeo and docker-registry. The steps build on each other.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { command } from '../support/commands.ts'
import { eventually, throughout } from '../support/eventually.ts'
import { fieldPath, triggersFor, TRIGGERS, workload } from '../support/manifests.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

/** Milliseconds from a tag's move to the workload's new image. */
const SOON = 1_000

const skopeo = command('skopeo', {}, ['--insecure-policy'])
/** Digests of the two builds. */
let OLD: string
let NEW: string

inEachWorld((world) => {
  let registry: TestRegistry
  let server: Server
  let kubectl: Server['kubectl']
  let millrace: Server['millrace']
  let base: string
  let repository: string

  before(async () => {
    ;[registry, server] = await Promise.all([startRegistry(), world.start()])
    ;({ kubectl, millrace } = server)
    base = `${registry.host}/flozanorht/base`
    repository = `${registry.host}/flozanorht/ubi`
  })
  after(() => Promise.all([registry?.stop(), server?.stop()]))

  const pull = (digest: string) => `${repository}@${digest}`
  /** Copies an image inside of the registry, as a build pipeline pushes it. */
  const copy = (from: string, to: string) => {
    const tls = ['--src-tls-verify=false', '--dest-tls-verify=false']
    return skopeo.run('copy', ...tls, `docker://${from}`, `docker://${to}`)
  }
  const create = async (...objects: object[]) => {
    for (const object of objects) await kubectl.with(JSON.stringify(object)).run('create', '-f', '-')
  }
  /** What jsonpath finds, by default the image of the first container of a pod template. */
  const peek = (object: string, path = '.spec.template.spec.containers[0].image', ...args: string[]) =>
    kubectl.run('get', object, '-o', `jsonpath={${path}}`, ...args)
  /** Awaits the image of a workload. */
  const follows = (object: string, image: string, path?: string, ...args: string[]) =>
    eventually(async () => assert.equal(await peek(object, path, ...args), image))

  describe('step 1: two builds of a base image', () => {
    test('lie under fixed tags, and the old one under a moving tag', async () => {
      const build = async (name: string) => {
        const files = { [`root/buildinfo/Dockerfile-ubi8-${name}`]: 'FROM scratch\n' }
        return (await pushImage(registry.host, 'flozanorht/base', name, { files })).digest
      }
      OLD = await build('8.0-122')
      NEW = await build('8.0-154')
      await copy(`${base}:8.0-122`, `${repository}:8`)
      const format = ['--tls-verify=false', '--format', '{{.Digest}}']
      assert.equal((await skopeo.run('inspect', ...format, `docker://${repository}:8`)).trim(), OLD)
    })
  })

  describe('step 2: a plain Deployment', () => {
    test('is created from a file and rolls out', async () => {
      await create(workload('myapp', { image: `${repository}:8`, replicas: 2 }))
      const status = await kubectl.run('rollout', 'status', 'deployment/myapp', '--timeout=20s')
      assert.match(status, /deployment "myapp" successfully rolled out\n$/)
    })

    test('is shown as on a cluster, with its ReplicaSet and Pods', async () => {
      assert.match(
        await kubectl.run('get', 'deployment'),
        /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nmyapp +2\/2 +2 +2 +\d+s\n$/,
      )
      assert.match(
        await kubectl.run('get', 'rs'),
        /^NAME +DESIRED +CURRENT +READY +AGE\nmyapp-[a-z0-9]+ +2 +2 +2 +\d+s\n$/,
      )
      const pods = await kubectl.run('get', 'pod')
      assert.match(
        pods,
        /^NAME +READY +STATUS +RESTARTS +AGE\n(myapp-[a-z0-9]+-[a-z0-9]{5} +1\/1 +Running +0 +\d+s\n){2}$/,
      )
    })

    test('is described as on a cluster', async () => {
      const text = await kubectl.run('describe', 'deployment', 'myapp')
      assert.match(text, /^Name: +myapp$/m)
      assert.match(text, /^Replicas: +2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable$/m)
      assert.match(text, /^    Image: +127\.0\.0\.1:\d+\/flozanorht\/ubi:8$/m)
      assert.match(text, /^NewReplicaSet: +myapp-[a-z0-9]+ \(2\/2 replicas created\)$/m)
      assert.match(
        text,
        /Normal +ScalingReplicaSet +.*deployment-controller +Scaled up replica set myapp-[a-z0-9]+ (from 0 )?to 2/,
      )
    })
  })

  describe('step 3: an image stream', () => {
    test('is imported from the registry', async () => {
      const text = await millrace.run('import-image', 'ubi', '--confirm', '--all', '--from', repository, '--insecure')
      assert.match(
        text,
        /^imagestream\.image\.openshift\.io\/ubi imported\n\nName:\t\t\tubi\nNamespace:\t\tdefault\nCreated:\t\t/,
      )
      assert.match(text, new RegExp(`^  \\* ${pull(OLD)}$`, 'm'))
      assert.match(text, /^Image Name:\tubi:8$/m)
    })

    test('is shown by kubectl get is', async () => {
      assert.match(await kubectl.run('get', 'is'), /^NAME +IMAGE REPOSITORY +TAGS +UPDATED\nubi +.*8 +.+ ago\n$/)
      assert.equal(await peek('is/ubi', '.status.tags[0].items[0].image'), OLD)
      assert.match(await kubectl.run('get', 'is', '-A'), /^NAMESPACE +NAME .*\ndefault +ubi /)
    })

    test('has tags that kubectl get istag shows in every form', async () => {
      const row = `ubi:8 +${pull(OLD)} +.+ ago`
      assert.match(await kubectl.run('get', 'istag'), new RegExp(`^NAME +IMAGE REFERENCE +UPDATED\\n${row}\\n$`))
      assert.match(
        await kubectl.run('get', 'istag', '-o', 'wide'),
        new RegExp(`^NAME .* IMAGE NAME\\n${row} +${OLD}\\n$`),
      )
      assert.match(await kubectl.run('get', 'istag', '-A'), new RegExp(`^NAMESPACE .*\\ndefault +${row}\\n$`))
      assert.equal(await peek('istag/ubi:8', '.image.dockerImageReference'), pull(OLD))
      assert.match(await kubectl.run('get', 'istag', 'ubi:8', '-o', 'yaml'), /^kind: ImageStreamTag$/m)
      const tag = JSON.parse(await kubectl.run('get', 'istag', 'ubi:8', '-o', 'json')) as {
        image: { metadata: object }
      }
      assert.deepEqual(
        Object.entries(tag.image.metadata).find(([key]) => key === 'name'),
        ['name', OLD],
      )
    })

    test('passes its labels on to its tags', async () => {
      await kubectl.run('label', 'is', 'ubi', 'team=wheel')
      assert.match(await kubectl.run('get', 'istag', '-l', 'team=wheel'), /^ubi:8 /m)
      assert.equal(await kubectl.run('get', 'istag', '-l', 'team=other', '-o', 'name'), '')
    })
  })

  describe('step 4: a trigger', () => {
    test('is written as the annotation, and the Deployment gets the digest at once', async () => {
      const text = await millrace.run('set', 'triggers', 'deployment/myapp', '--from-image', 'ubi:8', '-c', 'myapp')
      const start = performance.now()
      assert.equal(text, 'deployment.apps/myapp triggers updated\n')
      // A program that looks takes its time, which is not the server's.
      await eventually(async () => {
        const { text: found } = await server.call('GET', '/apis/apps/v1/namespaces/default/deployments/myapp')
        assert.ok(found.includes(JSON.stringify(pull(OLD))))
      })
      assert.ok(performance.now() - start < SOON, 'within a second')
      await follows('deployment/myapp', pull(OLD))
      assert.equal(
        await peek('deployment/myapp', `.metadata.annotations.${TRIGGERS.replaceAll('.', '\\.')}`),
        JSON.stringify([{ from: { kind: 'ImageStreamTag', name: 'ubi:8' }, fieldPath: fieldPath('myapp') }]),
      )
    })

    test('rolls a new ReplicaSet out, with the usual events', async () => {
      await kubectl.run('rollout', 'status', 'deployment/myapp', '--timeout=20s')
      await eventually(async () => {
        const counts = await kubectl.run('get', 'rs', '-o', 'jsonpath={.items[*].spec.replicas}')
        assert.deepEqual(counts.split(' ').sort(), ['0', '2'])
      })
      const events = await kubectl.run('get', 'events', '--field-selector', 'reason=ScalingReplicaSet')
      assert.match(events, /Scaled up replica set myapp-\S+ (from \d )?to \d/)
      assert.match(events, /Scaled down replica set myapp-\S+ (from \d )?to 0/)
    })

    test('says in the rollout history what caused it', async () => {
      const history = await kubectl.run('rollout', 'history', 'deployment/myapp')
      assert.match(history, new RegExp(`^2 +.*ubi:8.*${OLD.slice(0, 19)}`, 'm'))
    })

    test('is listed by set triggers', async () => {
      const text = await millrace.run('set', 'triggers', 'deployment/myapp')
      assert.match(
        text,
        /^NAME +TYPE +VALUE +AUTO\ndeployments\/myapp +config +true\ndeployments\/myapp +image +ubi:8 \(myapp\) +true\n$/,
      )
    })
  })

  describe('step 5: the new build', () => {
    test('is pushed over the same tag, and nothing moves', async () => {
      await copy(`${base}:8.0-154`, `${repository}:8`)
      await throughout(500, async () => assert.equal(await peek('deployment/myapp'), pull(OLD)))
    })

    test('is imported, and the Deployment rolls to it', async () => {
      await millrace.run('import-image', 'ubi', '--confirm', '--all')
      assert.equal(await peek('is/ubi', '.status.tags[0].items[*].image'), `${NEW} ${OLD}`)
      await follows('deployment/myapp', pull(NEW))
      await kubectl.run('rollout', 'status', 'deployment/myapp', '--timeout=20s')
      await eventually(async () => {
        const images = await kubectl.run(
          'get',
          'pods',
          '-l',
          'app=myapp',
          '-o',
          'jsonpath={.items[*].spec.containers[0].image}',
        )
        assert.deepEqual(images.split(' '), [pull(NEW), pull(NEW)])
      })
    })

    test('stands in the history before the old one', async () => {
      const text = await millrace.run('describe', 'is', 'ubi')
      assert.match(text, /^Name:\t\t\tubi\nNamespace:\t\tdefault\nCreated:\t\t.* ago\nLabels:\t\t\tteam=wheel\n/)
      assert.match(text, /^Unique Images:\t\t2\nTags:\t\t\t1\n\n8\n  tagged from /m)
      assert.match(text, new RegExp(`^  \\* ${pull(NEW)}\\n      .* ago\\n    ${pull(OLD)}\\n      .* ago$`, 'm'))
    })
  })

  describe('step 6: back', () => {
    test('to the old image by moving the tag, and the Deployment follows', async () => {
      assert.equal(await millrace.run('tag', `ubi@${OLD}`, 'ubi:8'), `Tag ubi:8 set to ubi@${OLD}.\n`)
      await follows('deployment/myapp', pull(OLD))
      await kubectl.run('rollout', 'status', 'deployment/myapp', '--timeout=20s')
    })

    test('every form of tag works', async () => {
      assert.equal(await millrace.run('tag', 'ubi:8', 'ubi:copy'), `Tag ubi:copy set to ubi@${OLD}.\n`)
      assert.equal(await millrace.run('tag', '--alias', 'ubi:8', 'ubi:link'), 'Tag ubi:link set up to track ubi:8.\n')
      const external = `${base}:8.0-154`
      assert.equal(await millrace.run('tag', external, 'ubi:154', '--insecure'), `Tag ubi:154 set to ${external}.\n`)
      await eventually(async () =>
        assert.match(await peek('istag/ubi:154', '.image.dockerImageReference'), new RegExp(NEW)),
      )
      const scheduled = await millrace.run('tag', external, 'ubi:often', '--scheduled', '--insecure')
      assert.equal(scheduled, `Tag ubi:often set to import ${external} periodically.\n`)
      await millrace.run('tag', external, 'ubi:ref', '--reference')
      assert.equal(await peek('is/ubi', '.spec.tags[?(@.name=="ref")].reference'), 'true')
      for (const tag of ['copy', 'link', '154', 'often', 'ref']) {
        assert.equal(await millrace.run('tag', '-d', `ubi:${tag}`), `Deleted tag default/ubi:${tag}.\n`)
      }
      assert.equal(await peek('is/ubi', '.spec.tags[*].name'), '8')
    })
  })

  describe('step 7: where there are no image streams', () => {
    test('the same annotation does nothing', async () => {
      await kubectl.run('create', 'namespace', 'plain')
      const object = workload('myapp', { image: `${repository}:8`, triggers: triggersFor('ubi:8', 'myapp') })
      await kubectl.with(JSON.stringify(object)).run('apply', '-n', 'plain', '-f', '-')
      await kubectl.run('rollout', 'status', 'deployment/myapp', '-n', 'plain', '--timeout=20s')
      await throughout(500, async () =>
        assert.equal(await peek('deployment/myapp', undefined, '-n', 'plain'), `${repository}:8`),
      )
    })
  })

  describe('step 8: the same', () => {
    const image = 'before'
    const cronPath = '.spec.jobTemplate.spec.template.spec.containers[0].image'

    for (const kind of ['CronJob', 'StatefulSet', 'DaemonSet'] as const) {
      test(`with a ${kind}`, async () => {
        const name = kind.toLowerCase()
        const path = kind === 'CronJob' ? cronPath : undefined
        await create(workload(name, { kind, image }))
        const text = await millrace.run('set', 'triggers', `${name}/${name}`, '--from-image', 'ubi:8', '-c', name)
        assert.equal(text, `${name}.${kind === 'CronJob' ? 'batch' : 'apps'}/${name} triggers updated\n`)
        await follows(`${name}/${name}`, pull(OLD), path)
        await millrace.run('tag', `ubi@${NEW}`, 'ubi:8')
        await follows(`${name}/${name}`, pull(NEW), path)
        await millrace.run('tag', `ubi@${OLD}`, 'ubi:8')
        await follows(`${name}/${name}`, pull(OLD), path)
      })
    }

    test('with an init container', async () => {
      await create(workload('withinit', { image, init: image }))
      await millrace.run('set', 'triggers', 'deployment/withinit', '--from-image', 'ubi:8', '-c', 'init')
      await follows('deployment/withinit', pull(OLD), '.spec.template.spec.initContainers[0].image')
      assert.equal(await peek('deployment/withinit'), image)
    })

    test('with paused: true, until it is no longer paused', async () => {
      const triggers = (paused: boolean) => triggersFor('ubi:8', 'halted', { paused })
      await create(workload('halted', { image, triggers: triggers(true) }))
      await throughout(500, async () => assert.equal(await peek('deployment/halted'), image))
      await kubectl.run('annotate', '--overwrite', 'deployment/halted', `${TRIGGERS}=${triggers(false)}`)
      await follows('deployment/halted', pull(OLD))
    })

    test('with tags of one stream that come from different repositories', async () => {
      await copy(`${base}:8.0-154`, `${registry.host}/elsewhere/wheel:1`)
      await millrace.run('tag', '--insecure', `${registry.host}/elsewhere/wheel:1`, 'mixed:wheel')
      await millrace.run('tag', '--insecure', `${base}:8.0-122`, 'mixed:base')
      await create(
        workload('wheel', { image, triggers: triggersFor('mixed:wheel', 'wheel') }),
        workload('base', { image, triggers: triggersFor('mixed:base', 'base') }),
      )
      await follows('deployment/wheel', `${registry.host}/elsewhere/wheel@${NEW}`)
      await follows('deployment/base', `${base}@${OLD}`)
    })

    test('with a tag that follows a tag of another stream', async () => {
      const from = { kind: 'ImageStreamTag', name: 'ubi:8' }
      const metadata = { name: 'follower' }
      await create({
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStream',
        metadata,
        spec: { tags: [{ name: 'stable', from }] },
      })
      await create(workload('behind', { image, triggers: triggersFor('follower:stable', 'behind') }))
      await follows('deployment/behind', pull(OLD))
      // As in OpenShift, a reference to another stream is resolved when it is set; an alias within the stream follows at once.
      await millrace.run('tag', '--alias', 'ubi:8', 'ubi:alias')
      await create(workload('alias', { image, triggers: triggersFor('ubi:alias', 'alias') }))
      await millrace.run('tag', `ubi@${NEW}`, 'ubi:8')
      await follows('deployment/alias', pull(NEW))
      await follows('deployment/myapp', pull(NEW))
      await millrace.run('tag', 'ubi:8', 'follower:stable')
      await follows('deployment/behind', pull(NEW))
    })
  })
})

// The same commands, by a real `oc` in one namespace and by `millrace` in another: they must print the same, end the same and
// leave the same behind. Runs where OC names the program.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Command } from '../support/commands.ts'
import { eventually } from '../support/eventually.ts'
import { claim, startSigner } from '../support/gpg.ts'
import { changed, comparable, ocFor, skipWithoutOc as skip } from '../support/oc.ts'
import { resident } from '../support/resident.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import type { Server } from '../support/server.ts'
import { inBothWorlds } from '../support/worlds.ts'

/** Names of one length: the layout of tables and descriptions depends on it. */
const [THEIRS, OURS] = ['ns-oc', 'ns-mr']

/** One line is one command line; see there. */
const COMMANDS = readFileSync(join(import.meta.dirname, 'ocCommands.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

inBothWorlds((world) => {
  describe('oc and millrace', { skip }, () => {
    let registry: TestRegistry
    let server: Server
    let oc: Command
    /** The command line in this process: a start of Node for every line takes more than all the rest. */
    let millrace: Pick<Command, 'try'>
    /** Commands that the program itself has run, in standalone: each once, for all of them print and end by the same few lines. */
    const started = new Set<string>()
    /** Some commands of oc insist on one, for the registry. */
    let token: string
    let digest: string
    let file: string
    before(async () => {
      ;[registry, server] = await Promise.all([startRegistry(), world.start()])
      ;({ digest } = await pushImage(registry.host, 'ubi', '8', {}))
      oc = ocFor(server)
      millrace = resident(server)
      token = await server.token()
      file = join(server.directory, 'objects.json')
      const objects = [labelled, workloads[0]]
      writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n---\n'))
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [labelled, ...workloads] })
      const prepare = async (namespace: string) => {
        await server.kubectl.run('create', 'namespace', namespace)
        await server.kubectl.with(list).run('create', '-n', namespace, '-f', '-')
      }
      await Promise.all([THEIRS, OURS].map(prepare))
    })
    after(() => Promise.all([registry?.stop(), server?.stop()]))

    /** What a command printed, without its namespace and what differs from run to run. */
    const alike = (text: string, namespace: string): string => comparable(text.replaceAll(namespace, 'NS'))

    /** Equally large rows come in any order, and so do the streams of an image and tags of the same second. */
    const inOrder = (line: string, out: string): string => {
      if (line.startsWith('get is') && !/-o (json|yaml)/.test(line))
        return out.replace(/[^\s,]+(,[^\s,]+)+/g, (tags) => tags.split(',').sort().join(','))
      if (!line.startsWith('adm top')) return out
      const streams = /NS\/\S+ \([^)]*\)(, NS\/\S+ \([^)]*\))+/g
      const sorted = out.replace(streams, (list) =>
        list
          .split(/, (?=NS)/)
          .sort()
          .join(', '),
      )
      return sorted.split('\n').sort().join('\n')
    }

    const programFor = (line: string): Pick<Command, 'try'> => {
      const [command = ''] = line.split(' ')
      if (world.lacks('sandbox') || started.has(command)) return millrace
      started.add(command)
      return server.millrace
    }

    /** Runs the same command line with both, each in its namespace. */
    const compare = async (line: string) => {
      const run = async (program: Pick<Command, 'try'>, namespace: string) => {
        const filled = line
          .replaceAll('REG', registry.host)
          .replaceAll('OLD', digest)
          .replaceAll('SHORT', digest.slice(0, 15))
          .replaceAll('FILE', file)
          .replaceAll('NS/', `${namespace}/`)
        const outcome = await program.try('-n', namespace, ...filled.split(' '))
        const { code, stdout, stderr } = changed(outcome, (text) => alike(text, namespace))
        return { code, stdout: inOrder(line, stdout), stderr }
      }
      const [theirs, ours] = await Promise.all([run(oc, THEIRS), run(programFor(line), OURS)])
      assert.deepEqual(ours, theirs)
      return theirs
    }

    for (const [i, line] of COMMANDS.entries()) {
      test(`${i + 1}: ${line}`, async () => void (await compare(line)))
    }

    test('fail the same where a quota is full', async () => {
      for (const namespace of [THEIRS, OURS]) {
        await server.kubectl.run('create', 'quota', 'q', '--hard=openshift.io/imagestreams=0', '-n', namespace)
        const described = () => server.kubectl.run('describe', 'quota', 'q', '-n', namespace)
        await eventually(async () => assert.match(await described(), /openshift.io\/imagestreams +[1-9]\d* +0/))
      }
      for (const line of [
        'create is late',
        'create istag late:1 --from-image=a/b',
        'tag --source=docker --reference a/b:1 late:1',
        'import-image late:8 --from REG/ubi:8 --confirm --insecure',
        'import-image late:8 --from REG/ubi:8 --confirm --insecure --dry-run',
      ]) {
        const { code, stderr } = await compare(line)
        if (!line.endsWith('--dry-run')) assert.match(stderr, /exceeded quota: q/, line)
        else assert.equal(code, 0)
      }
      for (const namespace of [THEIRS, OURS]) await server.kubectl.run('delete', 'quota', 'q', '-n', namespace)
    })

    test('prune the same', async () => {
      // oc takes away what a plain reference refers to, millrace keeps it (docs/cli.md).
      for (const namespace of [THEIRS, OURS]) await server.millrace.run('-n', namespace, 'tag', '-d', 'x:3', 'x:6')
      const run = async (program: Pick<Command, 'try'>, ...flags: string[]) => {
        const prune = ['--token', token, 'adm', 'prune', 'images', '--prune-registry=false']
        const outcome = await program.try(...prune, ...flags)
        return { ...changed(outcome, comparable), stdout: comparable(outcome.stdout).split('\n').sort() }
      }
      const now = ['--keep-tag-revisions=1', '--keep-younger-than=0s']
      const dry = [
        [],
        now,
        [...now, '--all=false'],
        [...now, '-n', THEIRS],
        ['--prune-over-size-limit'],
        ['--prune-over-size-limit', '--keep-tag-revisions=1'],
        ['--prune-over-size-limit', '--keep-younger-than=1h'],
        ['--keep-tag-revisions=-1'],
        ['--keep-younger-than=-1h'],
      ]
      for (const flags of dry) {
        const [ours, theirs] = await Promise.all([run(millrace, ...flags), run(oc, ...flags)])
        assert.deepEqual(ours, theirs)
      }
      const done = async (program: Pick<Command, 'try'>, namespace: string) => {
        const { code, stdout } = await run(program, ...now, '-n', namespace, '--confirm')
        return { code, stdout: stdout.map((line) => alike(line, namespace)) }
      }
      // One after the other: images are in no namespace, and each deletes them.
      assert.deepEqual(await done(millrace, OURS), await done(oc, THEIRS))
    })

    test('verify a signature, and show what came of it', { skip: world.lacks('users') }, async (t) => {
      const signer = await startSigner()
      if (!signer) return t.skip('gpg is not installed')
      try {
        const [right, wrong] = [`${registry.host}/ubi:8`, `${registry.host}/other:8`]
        const content = await signer.sign(claim(digest, right))
        const signature = { metadata: { name: `${digest}@test` }, type: 'AtomicImageV1', content }
        const object = { apiVersion: 'image.openshift.io/v1', kind: 'ImageSignature', ...signature }
        await oc.with(JSON.stringify(object)).run('create', '-f', '-')
        const flags = ['--public-key', signer.publicKey, '--insecure']
        const verify = (...args: string[]) =>
          oc.try('--token', token, 'adm', 'verify-image-signature', digest, ...flags, ...args)
        const found = (path: string) =>
          server.kubectl.run('get', 'image', digest, '-o', `jsonpath={.signatures${path}}`)
        const described = async () => {
          const theirs = await oc.run('describe', 'image', digest)
          assert.equal(comparable(await server.millrace.run('describe', 'image', digest)), comparable(theirs))
          return theirs
        }
        assert.match(await described(), /Status:\s+Unverified/)

        const looked = await verify('--expected-identity', right)
        assert.equal(looked.stderr, '')
        assert.match(
          looked.stdout,
          /identity is now confirmed \(signed by GPG key "[0-9A-F]{16}"\)\nNeither --save nor/,
        )
        assert.equal(await found('[0].conditions'), '')
        const saved = await verify('--expected-identity', right, '--save')
        assert.deepEqual([saved.code, saved.stderr], [0, ''])
        assert.equal(await found('[0].conditions[*].type'), 'Trusted ForImage')
        assert.equal(await found('[0].conditions[0].message'), 'verified by user "system:admin"')
        assert.match(await described(), /Status:\s+Verified\n\s+Issued By:\s+[0-9A-F]{16}\n/)

        const refused = await verify('--expected-identity', wrong, '--save')
        // oc empties a signature that it does not trust, which no server takes.
        assert.match(refused.stderr, /signature rejected: [^]*signatures\[0\]\.type: Required value/)
        assert.equal(await found('[0].metadata.name'), `${digest}@test`)
        const removed = await verify('--remove-all')
        assert.deepEqual([removed.code, await found('')], [0, ''])
        assert.match((await verify('--remove-all')).stderr, /does not have any signature/)
      } finally {
        await signer.stop()
      }
    })

    test('leave the same streams and workloads behind', async () => {
      const kinds = 'imagestreams,deployments,statefulsets,daemonsets,replicationcontrollers,cronjobs'
      const left = async (namespace: string) => {
        const { items } = JSON.parse(await server.kubectl.run('get', kinds, '-n', namespace, '-o', 'json')) as {
          items: { kind: string; metadata: object; spec: object; status: object }[]
        }
        return items.map(({ kind, metadata, spec, status }) => {
          const { name, annotations } = metadata as { name: string; annotations: object }
          const streamStatus = kind === 'ImageStream' ? status : undefined
          return alike(JSON.stringify({ kind, name, annotations, spec, status: streamStatus }), namespace)
        })
      }
      assert.deepEqual(await left(OURS), await left(THEIRS))
    })
  })
})

const labelled = {
  apiVersion: 'image.openshift.io/v1',
  kind: 'ImageStream',
  metadata: { name: 'labelled', labels: { team: 'a' }, annotations: { note: 'x' } },
  spec: { tags: [{ name: '1', reference: true, from: { kind: 'DockerImage', name: 'example.com/app:1' } }] },
}
const labels = { app: 'app' }
const main = { name: 'main', image: 'example.com/app:1' }
const spec = { initContainers: [{ name: 'setup', image: 'example.com/setup:1' }], containers: [main] }
const selecting = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } }
const jobTemplate = { spec: { template: { spec: { containers: [main], restartPolicy: 'Never' } } } }
const object = (apiVersion: string, kind: string, name: string, spec: object) => ({
  apiVersion,
  kind,
  metadata: { name, labels },
  spec,
})
const workloads = [
  object('apps/v1', 'Deployment', 'app', { replicas: 0, ...selecting }),
  object('apps/v1', 'StatefulSet', 'db', { replicas: 0, serviceName: 'db', ...selecting }),
  object('apps/v1', 'DaemonSet', 'agent', selecting),
  object('v1', 'ReplicationController', 'elder', { replicas: 0, template: selecting.template }),
  object('batch/v1', 'CronJob', 'job', { schedule: '0 0 1 1 *', suspend: true, jobTemplate }),
]

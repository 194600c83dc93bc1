// The same commands, by a real `oc` in one namespace and by `millrace` in another: they must print the same, end the same and
// leave the same behind. Runs where OC names the program.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Command } from '../support/commands.ts'
import { eventually } from '../support/eventually.ts'
import { changed, comparable, ocFor, skipWithoutOc as skip } from '../support/oc.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import { startStandalone, type Standalone } from '../support/standalone.ts'

/** Names of one length: the layout of tables and descriptions depends on it. */
const [THEIRS, OURS] = ['ns-oc', 'ns-mr']

/** One line is one command line. REG is the registry, OLD a digest, NS the namespace. */
const COMMANDS = `
import-image ubi
import-image ubi --confirm --all --from REG/ubi --insecure
import-image ubi
import-image ubi:8
import-image ubi:9
import-image ubi --all
import-image ubi:8 --all
import-image ubi:8 --dry-run
import-image ubi:8 -o name
import-image ubi:8 --reference-policy=x
import-image ubi:8 --import-mode=x
import-image ubi --from=REG/x/y --confirm
import-image ubi:8 --from=REG/x/y --confirm
import-image bad --from=REG/none:1 --confirm --insecure
import-image ubi@sha256:aa
describe is ubi
describe is bad
describe is nosuch
describe istag ubi:8
describe istag ubi:nosuch
describe isimage ubi@OLD
describe image OLD
tag ubi:8
tag ubi:8 ubi:copy
tag ubi:8 a:1 b:2
tag --alias ubi:8 ubi:alias
tag --alias ubi:8 other:1
tag --source=docker REG/ubi:8 x:1 --insecure
tag REG/ubi:8 x:2 --scheduled --insecure
tag REG/ubi:8 x:3 --reference
tag REG/ubi:8 x:4 --reference-policy=local --import-mode=PreserveOriginal --insecure
tag ubi@OLD q:1
tag NS/ubi:8 q:2
tag nosuch:1 a:1
tag ubi:nosuch a:1
tag ubi:8 ubi
tag ubi:8 ubi:b!d
tag ubi:8 ubi:copy --insecure
tag --source=istag a b:1
tag -d ubi:x --alias
tag -d a:1
tag -d a:1
describe is x
describe is ubi
set triggers deploy/app
set triggers deploy/app --from-image=ubi:8
set triggers deploy/app --from-image=ubi:8 -c nope
set triggers deploy/app --from-image=ubi -c main
set triggers deploy/app --from-image=quay.io/a/b:1 -c main
set triggers deploy/app --auto --manual
set triggers deploy/app --remove
set triggers deploy/app --remove-all --auto
set triggers deploy/app --from-github
set triggers deploy/app --from-image=ubi:8 --from-config -c main
set triggers deploy/app --from-image=ubi:8 -c main
set triggers deploy/app
set triggers deploy/app --manual
set triggers deploy/app
set triggers deploy/app --auto
set triggers deploy/app --from-image=elsewhere/ubi:9 -c main
set triggers deploy/app --remove --from-image=ubi:8
set triggers deploy/app --remove-all
set triggers deploy/app --from-config
set triggers cj/job --from-image=ubi:8 -c main
set triggers cj/job
set triggers pod/x
set triggers deploy/nosuch
set image-lookup
set image-lookup ubi
set image-lookup ubi --enabled=false
set image-lookup deploy/app
set image-lookup deploy/app --list
create is made
create is made
create is local --lookup-local
create istag made:1 --from=ubi:8
create istag made:2 --from-image=a/b --annotation=k=v --reference
create istag made:3 --from=:2
create istag made:1 --from=ubi:8
get is
get istag -o wide
set image deploy/app main=a/b:1
set image deploy/app main=a/b:1
set image deploy/app main=ubi:8 --source=istag
set image deploy/app *=NS/ubi:8 --source=imagestreamtag
set image deploy app main=ubi@OLD --source=isimage -o name
set image deploy/app main=ubi@OLD --source=imagestreamimage
set image deploy/app main=ubi:nosuch --source=istag
set image deploy/app main=ubi@sha256:aa --source=isimage
set image deploy/app main=ubi:8 --source=bad
set image deploy/app main=a/b/c:1 --source=istag
set image deploy/app nope=a main=a/b:3
set image deploy/app main=a/b:4 --dry-run=client
set image deploy/app main=a/b:4 --dry-run=server
set image deploy/app main=
set image deploy/app
set image deploy/app *=a main=b
set image deploy/app main=a deploy/app
set image deploy/app main-
set image deploy/nosuch main=a
set image cj/job main=a/b:5
set image deployments --all main=a/b:6
adm top images
adm top imagestreams
delete istag made:1 --dry-run=client
delete istag made:1 --dry-run=server
delete istag made:1
delete istag made:1
delete istag made:1 --ignore-not-found
delete istag made
delete istag/made:3 istag/nosuch:1 istag/made:2 -o name
delete is made nosuch local
delete is x -o yaml
delete is -l a=b
`
  .trim()
  .split('\n')

describe('oc and millrace', { skip }, () => {
  let registry: TestRegistry
  let server: Standalone
  let oc: Command
  let digest: string
  before(async () => {
    ;[registry, server] = await Promise.all([startRegistry(), startStandalone()])
    ;({ digest } = await pushImage(registry.host, 'ubi', '8', {}))
    oc = ocFor(server)
    for (const namespace of [THEIRS, OURS]) {
      await server.kubectl.run('create', 'namespace', namespace)
      for (const object of workloads) {
        await server.kubectl.with(JSON.stringify(object)).run('create', '-n', namespace, '-f', '-')
      }
    }
  })
  after(() => Promise.all([registry?.stop(), server?.stop()]))

  /** What a command printed, without its namespace and what differs from run to run. */
  const alike = (text: string, namespace: string): string => comparable(text.replaceAll(namespace, 'NS'))

  /** Equally large rows come in any order, and so do tags of the same second. */
  const inOrder = (line: string, out: string): string => {
    if (line === 'get is') return out.replace(/[^\s,]+(,[^\s,]+)+/g, (tags) => tags.split(',').sort().join(','))
    return line.startsWith('adm top') ? out.split('\n').sort().join('\n') : out
  }

  /** Runs the same command line with both, each in its namespace. */
  const compare = async (line: string) => {
    const run = async (program: Command, namespace: string) => {
      const filled = line.replaceAll('REG', registry.host).replaceAll('OLD', digest).replaceAll('NS/', `${namespace}/`)
      const outcome = await program.try('-n', namespace, ...filled.split(' '))
      const { code, stdout, stderr } = changed(outcome, (text) => alike(text, namespace))
      return { code, stdout: inOrder(line, stdout), stderr }
    }
    const theirs = await run(oc, THEIRS)
    assert.deepEqual(await run(server.millrace, OURS), theirs)
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
    for (const namespace of [THEIRS, OURS]) await server.millrace.run('-n', namespace, 'tag', '-d', 'x:3')
    // oc insists on a token, for the registry that it does not ask here.
    const token = readFileSync(join(server.directory, 'data/token'), 'utf8').trim()
    const flags = ['--keep-tag-revisions=1', '--keep-younger-than=0s', '--prune-registry=false']
    const run = async (program: Command, ...more: string[]) => {
      const { code, stdout, stderr } = await program.try('--token', token, 'adm', 'prune', 'images', ...flags, ...more)
      return { code, stdout: stdout.split('\n').sort(), stderr }
    }
    const theirs = await run(oc)
    assert.deepEqual(await run(server.millrace), theirs)
    const ours = await run(server.millrace, '-n', OURS, '--confirm')
    const comparableLines = (lines: string[], namespace: string) => lines.map((line) => alike(line, namespace))
    const { stdout } = await run(oc, '-n', THEIRS, '--confirm')
    assert.deepEqual(comparableLines(ours.stdout, OURS), comparableLines(stdout, THEIRS))
  })

  test('leave the same streams and workloads behind', async () => {
    const kinds = 'imagestreams,deployments,cronjobs'
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

const template = {
  metadata: { labels: { app: 'app' } },
  spec: { containers: [{ name: 'main', image: 'example.com/app:1' }] },
}
const workloads = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app' },
    spec: { replicas: 0, selector: { matchLabels: { app: 'app' } }, template },
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'job' },
    spec: {
      schedule: '0 0 1 1 *',
      suspend: true,
      jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
    },
  },
]

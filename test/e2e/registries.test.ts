// What an administrator says of registries, as users see it: mirrors, certificates, proxies, and where images may come from.
import assert from 'node:assert/strict'
import { renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startCluster } from '../support/cluster.ts'
import { type ConnectProxy, startConnectProxy } from '../support/connectProxy.ts'
import { withoutControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { startInstallation, type Installation } from '../support/installation.ts'
import { type MisbehavingRegistry, startMisbehavingRegistry } from '../support/misbehavingRegistry.ts'
import { temporaryDirectory } from '../support/processes.ts'
import { type Pushed, pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import { selfSigned } from '../support/selfSigned.ts'
import type { Server } from '../support/server.ts'
import { startStandalone } from '../support/standalone.ts'

const PATIENCE = { timeout: 30_000 }

const stream = (name: string, source: string, policy: object = {}): string =>
  JSON.stringify({
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name, annotations: { 'millrace.dev/refresh': '5s' } },
    spec: { tags: [{ name: 'v1', from: { kind: 'DockerImage', name: source }, importPolicy: policy }] },
  })

/** Waits until the newest image of a stream comes from there. */
const comesFrom = (kubectl: Server['kubectl'], name: string, reference: string): Promise<void> =>
  eventually(async () => {
    const path = 'jsonpath={.status.tags[0].items[0].dockerImageReference} {.status.tags[0].conditions[0].message}'
    assert.equal((await kubectl.run('get', 'is', name, '-o', path)).trim(), reference)
  }, PATIENCE)

const worlds: [name: string, absent: string | false, start: (file: string) => Promise<Server>][] = [
  ['standalone', false, (file) => startStandalone(['--registries', file])],
  ['in a cluster', withoutControlPlane, (file) => startCluster('--registries', file)],
]
for (const [name, skip, start] of worlds)
  describe(name, { skip, concurrency: false }, () => {
    let registry: TestRegistry
    let secure: MisbehavingRegistry
    let proxy: ConnectProxy
    let server: Server
    let kubectl: Server['kubectl']
    let pushed: Pushed
    let file: string
    before(async () => {
      const pair = await selfSigned()
      // It lets in nobody who shows no certificate.
      const tls = { ...pair, ca: [pair.cert], requestCert: true, rejectUnauthorized: true }
      ;[registry, secure, proxy] = await Promise.all([
        startRegistry(),
        startMisbehavingRegistry({ tls }),
        startConnectProxy({ user: 'millrace:hunter2' }),
      ])
      pushed = await pushImage(registry.host, 'copies/team/app', 'v1', { files: { a: '1' } })
      const directory = temporaryDirectory('registries')
      for (const [file, content] of Object.entries({ 'tls.crt': pair.cert, 'tls.key': pair.key }))
        writeFileSync(join(directory, file), content)
      file = join(directory, 'registries.yaml')
      const port = registry.host.split(':')[1]
      writeFileSync(
        file,
        `
allowedRegistriesForImport:
- domainName: "*.allowed.test:*"
- domainName: ${secure.host}
proxy: { resolvesNames: true }
registries:
- prefix: mirrored.allowed.test:443/team
  mirrors: [{ location: ${registry.host}/copies/team, insecure: true }]
- prefix: proxied.allowed.test:${port}
  proxy: ${proxy.url}
- prefix: ${secure.host}
  caFile: tls.crt
  clientCertificate: { certFile: tls.crt, keyFile: tls.key }
`,
      )
      server = await start(file)
      ;({ kubectl } = server)
    })
    after(() => Promise.all([registry?.stop(), secure?.close(), proxy?.close(), server?.stop()]))

    test('an image comes from a mirror, and keeps the name of its registry, which nobody can reach', async () => {
      const policy = { scheduled: true }
      await kubectl.with(stream('mirrored', 'mirrored.allowed.test/team/app:v1', policy)).run('create', '-f', '-')
      await comesFrom(kubectl, 'mirrored', `mirrored.allowed.test/team/app@${pushed.digest}`)
      // Checks ask the mirror, too.
      const second = await pushImage(registry.host, 'copies/team/app', 'v1', { files: { a: '2' } })
      await comesFrom(kubectl, 'mirrored', `mirrored.allowed.test/team/app@${second.digest}`)
    })

    test('a registry behind a proxy is reached by it, with its password', async () => {
      const host = `proxied.allowed.test:${registry.host.split(':')[1]}`
      const { digest } = await pushImage(registry.host, 'app', 'v1', { files: { b: '1' } })
      await kubectl.with(stream('proxied', `${host}/app:v1`, { insecure: true })).run('create', '-f', '-')
      await comesFrom(kubectl, 'proxied', `${host}/app@${digest}`)
      assert.ok(proxy.asked.includes(`GET http://${host}/v2/app/manifests/v1`), String(proxy.asked))
      assert.doesNotMatch(server.output(), /hunter2/)
    })

    test('a registry that nobody else vouches for is believed, and is shown our certificate', async () => {
      const { digest } = secure.move('app', 'v1', 'one')
      await kubectl.with(stream('secure', `${secure.host}/app:v1`)).run('create', '-f', '-')
      await comesFrom(kubectl, 'secure', `${secure.host}/app@${digest}`)
    })

    test('a registry that is not allowed is refused with the words of OpenShift', async () => {
      const { stderr } = await kubectl.with(stream('refused', 'quay.io/team/app:v1')).fail('create', '-f', '-')
      assert.match(
        stderr,
        /spec\.tags\[v1\]\.from\.name: Forbidden: registry "quay\.io" not allowed by whitelist: "\*\.allowed\.test:\*"/,
      )
    })

    test('a file that is replaced counts without a restart, with what it names; one that makes no sense does not', async () => {
      const replace = (text: string) => {
        writeFileSync(`${file}.new`, text)
        renameSync(`${file}.new`, file)
      }
      replace('registries: [{ prefix: quay.io, caFile: none.crt }]')
      await eventually(() => assert.match(server.output(), /the last good one goes on/), PATIENCE)
      const { stderr } = await kubectl.with(stream('refused', 'quay.io/team/app:v1')).fail('create', '-f', '-')
      assert.match(stderr, /not allowed by whitelist/)

      const pair = await selfSigned()
      const tls = { ...pair, ca: [pair.cert], requestCert: true, rejectUnauthorized: true }
      const renewed = await startMisbehavingRegistry({ tls })
      try {
        const { digest } = renewed.move('app', 'v1', 'one')
        for (const [name, content] of Object.entries({ 'new.crt': pair.cert, 'new.key': pair.key }))
          writeFileSync(join(dirname(file), name), content)
        const by = 'caFile: new.crt, clientCertificate: { certFile: new.crt, keyFile: new.key }'
        replace(`registries: [{ prefix: ${renewed.host}, ${by} }]`)
        await eventually(
          () => kubectl.with(stream('renewed', `${renewed.host}/app:v1`)).run('create', '-f', '-'),
          PATIENCE,
        )
        await comesFrom(kubectl, 'renewed', `${renewed.host}/app@${digest}`)
      } finally {
        await renewed.close()
      }
    })
  })

test('a file that makes no sense keeps a server from starting', async () => {
  const file = join(temporaryDirectory('registries'), 'registries.yaml')
  writeFileSync(file, 'registries:\n- prefix: quay.io\n  miror: []\n')
  await assert.rejects(
    startStandalone(['--registries', file]),
    /line 3: .*there is no field "miror"; did you mean "mirrors"/,
  )
})

describe('an installation', { skip: withoutControlPlane }, () => {
  let here: Installation
  let registry: TestRegistry
  let kubectl: Installation['kubectl']
  const map = ['configmap', 'millrace-registries', '-n', 'millrace']
  const say = (text: string) => {
    const patch = JSON.stringify({ data: { 'registries.yaml': text } })
    return kubectl.run('patch', ...map, '--type=merge', '-p', patch)
  }
  const mirroring = () => `registries:
- prefix: mirrored.test
  mirrors: [{ location: ${registry.host}/copies, insecure: true }]
`
  before(async () => {
    ;[here, registry] = await Promise.all([startInstallation(), startRegistry()])
    ;({ kubectl } = here)
  })
  after(() => Promise.all([here?.stop(), registry?.stop()]))

  test('follows its ConfigMap: what is changed counts without a restart', async () => {
    const { digest } = await pushImage(registry.host, 'copies/app', 'v1', { files: { a: '1' } })
    const file = join(here.directory, 'registries.yaml')
    writeFileSync(file, mirroring())
    assert.match(await here.install('--registries', file), /^configmap\/millrace-registries in millrace applied$/m)
    const replica = await here.replica()
    await here.direct(replica)
    const available = ['wait', '--for=condition=Available', 'apiservice/v1.image.openshift.io', '--timeout=30s']
    await eventually(() => kubectl.run(...available), { timeout: 60_000 })
    await kubectl.with(stream('one', 'mirrored.test/app:v1')).run('create', '-f', '-')
    await comesFrom(kubectl, 'one', `mirrored.test/app@${digest}`)

    await say(`allowedRegistriesForImport: [{ domainName: quay.io }]\n${mirroring()}`)
    await eventually(async () => {
      const { stderr } = await kubectl
        .with(stream('two', 'mirrored.test/app:v1'))
        .fail('create', '--dry-run=server', '-f', '-')
      assert.match(stderr, /not allowed by whitelist: "quay\.io:443"/)
    }, PATIENCE)

    await say('registries: [{ prefix: mirrored.test, ca: nothing }]')
    await eventually(async () => {
      const events = await kubectl.run('get', 'events', '-n', 'millrace', '--field-selector=reason=RegistriesInvalid')
      assert.match(
        events,
        /configmap\/millrace-registries +not used: line 1: registries\[0\]\.ca: it holds no certificate/,
      )
    }, PATIENCE)
    await kubectl.with(stream('two', 'mirrored.test/app:v1')).fail('create', '--dry-run=server', '-f', '-')

    await say(mirroring())
    await eventually(() => kubectl.with(stream('two', 'mirrored.test/app:v1')).run('create', '-f', '-'), PATIENCE)
    await comesFrom(kubectl, 'two', `mirrored.test/app@${digest}`)
  })

  test('leaves the ConfigMap alone when it is installed again without a file, and takes it along when it goes', async () => {
    const text = async () => kubectl.run('get', ...map, '-o', 'jsonpath={.data}')
    const before = await text()
    assert.match(before, /mirrored\.test/)
    await here.install()
    assert.equal(await text(), before)
    assert.match(await here.millrace.run('uninstall'), /^configmap\/millrace-registries in millrace removed$/m)
  })
})

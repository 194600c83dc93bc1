// Installing into a real cluster, running there with no more rights than that gives, and removing it again.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { withoutControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { startInstallation, type Installation, type Replica } from '../support/installation.ts'

const stream = (name: string) =>
  JSON.stringify({
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name },
    spec: { tags: [{ name: 'v1', reference: true, from: { kind: 'DockerImage', name: 'example.com/a/b:1' } }] },
  })

describe('an installation', { skip: withoutControlPlane }, () => {
  let here: Installation
  let kubectl: Installation['kubectl']
  let replica: Replica
  before(async () => {
    here = await startInstallation()
    kubectl = here.kubectl
  })
  after(() => here?.stop())

  test('applies all that it prints', async () => {
    const printed = await here.millrace.run('install', '--image=registry.test/millrace:1', '--print')
    const out = await here.install()
    assert.equal(out.match(/applied$/gm)?.length, printed.match(/^---$/gm)?.length)
    assert.equal(
      await kubectl
        .with(printed)
        .try('diff', '--server-side', '--field-manager=millrace', '-f', '-')
        .then(({ stdout }) => stdout),
      '',
    )
  })

  test('applied again it changes nothing', async () => {
    const versions = () =>
      kubectl.run(
        'get',
        'all,clusterroles,apiservices,crds,secrets,networkpolicies,pdb',
        '-n',
        'millrace',
        '-l',
        'app.kubernetes.io/managed-by=millrace',
        '-o',
        'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{"\\n"}{end}',
      )
    const before = await versions()
    await here.install()
    assert.equal(await versions(), before)
  })

  test('runs with the rights that it was given', async () => {
    replica = await here.replica()
    await here.direct(replica)
    await eventually(
      () => kubectl.run('wait', '--for=condition=Available', 'apiservice/v1.image.openshift.io', '--timeout=5s'),
      { timeout: 60_000 },
    ).catch((error) => {
      throw new Error(replica.stderr(), { cause: error })
    })
    await kubectl.with(stream('web')).run('create', '-f', '-')
    assert.match(await kubectl.run('get', 'is'), /web/)
    assert.doesNotMatch(replica.stderr(), /forbidden|cannot/i)
  })
})

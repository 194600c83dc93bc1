// Projects with the real kubectl and our own commands: one kubeconfig, in which both see what the other has switched to.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

inEachWorld((world) => {
  let server: Server
  let kubectl: Server['kubectl']
  let millrace: Server['millrace']
  before(async () => {
    server = await world.start()
    ;({ kubectl, millrace } = server)
  })
  after(() => server?.stop())

  const current = () => kubectl.run('config', 'view', '--minify', '-o', 'jsonpath={..namespace}')

  const annotations = async () => {
    const path = 'jsonpath={.metadata.annotations}'
    return JSON.parse(await kubectl.run('get', 'namespace', 'shop', '-o', path)) as Record<string, string>
  }
  const skip = world.lacks('projects')

  test('a new project is where everything goes from then on', async () => {
    const made = await millrace.run('new-project', 'shop', '--display-name=The Shop', '--description=sells')
    assert.match(made, /^Now using project "shop" on server "https:\/\/127\.0\.0\.1:\d+"\.\n/)
    assert.equal(await current(), 'shop')
    await millrace.run('create', 'imagestream', 'ubi')
    assert.equal(await kubectl.run('get', 'is', '-o', 'name'), 'imagestream.image.openshift.io/ubi\n')
    assert.partialDeepStrictEqual(await annotations(), {
      'openshift.io/display-name': 'The Shop',
      'openshift.io/description': 'sells',
    })
    assert.match(
      await millrace.run('projects'),
      /\n {4}kube-system\n[^*]* {2}\* shop - The Shop\n\nUsing project "shop" on /,
    )
  })

  test('kubectl sees what it is called, and who wanted it', { skip }, async () => {
    assert.match(await kubectl.run('get', 'projects', 'shop'), /^NAME +DISPLAY NAME +STATUS\nshop +The Shop +Active\n$/)
    assert.equal((await annotations())['openshift.io/requester'], 'system:admin')
  })

  test('the project that was switched to last is still current when the server starts again', async () => {
    await kubectl.run('create', 'namespace', 'other')
    assert.equal(await millrace.run('project', 'other', '-q'), 'other\n')
    await server.restart()
    assert.equal(await current(), 'other')
    assert.match(await millrace.run('project'), /^Using project "other" on server/)
  })

  test('kubectl changes what people call a project, and nothing else of it', { skip }, async () => {
    const label = await kubectl.fail('label', 'project', 'shop', 'a=b')
    assert.match(
      label.stderr,
      /metadata\.labels\[a\]: Invalid value: "b": field is immutable, try updating the namespace/,
    )
    await kubectl.run('annotate', '--overwrite', 'project', 'shop', 'openshift.io/display-name=Closing')
    assert.match(await kubectl.run('get', 'projects'), /^shop +Closing +Active$/m)
    assert.match(await kubectl.run('explain', 'project.status.phase'), /Active or Terminating/)
  })

  test('a project goes with everything in it, and kubectl waits for that', { skip }, async () => {
    await kubectl.run('delete', 'project', 'shop', '--timeout=30s')
    const { stderr } = await kubectl.fail('get', 'project', 'shop')
    assert.equal(stderr, 'Error from server (NotFound): namespaces "shop" not found\n')
    assert.match((await kubectl.fail('get', 'is', 'ubi', '-n', 'shop')).stderr, /not found/)
    assert.match((await kubectl.fail('delete', 'project', 'default')).stderr, /this namespace may not be deleted/)
  })

  test('a project that is gone is none to switch to', async () => {
    await kubectl.run('delete', 'namespace', 'other', '--timeout=30s')
    const { stderr } = await millrace.fail('project', 'other')
    assert.match(stderr, /^error: A project named "other" does not exist on .*\nYour projects are:\n\* default\n/)
  })
})

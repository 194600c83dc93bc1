// What people do with kubectl all day.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { needsKubectl } from '../support/kubectlVersion.ts'
import { workload } from '../support/manifests.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const stream = (name: string, spec: object = {}, labels?: Record<string, string>) => ({
  apiVersion: 'image.openshift.io/v1',
  kind: 'ImageStream',
  metadata: { name, ...(labels && { labels }) },
  spec,
})
const tag = (name: string, from: string) => ({ name, from: { kind: 'DockerImage', name: from }, reference: true })

/** What old versions of kubectl cannot do. */
const MERGES_LISTS = needsKubectl(30, 'merge the lists of kinds that it does not know')
const EXPLAINS = needsKubectl(27, 'explain with version 3 of OpenAPI')
const SUBRESOURCES = needsKubectl(24, 'have --subresource')
const TELLS_CAUSES = needsKubectl(24, 'tell why a patch is invalid')
const WAITS_FOR_FIELDS = needsKubectl(23, 'wait for fields')

/** An object as kubectl gets it. */
interface Read {
  metadata: { uid: string; generation: number }
  spec: { lookupPolicy: object }
}

inEachWorld((world) => {
  let server: Server
  let kubectl: Server['kubectl']
  before(async () => {
    server = await world.start()
    kubectl = server.kubectl
  })
  after(() => server?.stop())

  const apply = (object: object, ...args: string[]) =>
    kubectl.with(JSON.stringify(object)).run('apply', '-f', '-', ...args)
  const create = (object: object) => kubectl.with(JSON.stringify(object)).run('create', '-f', '-')
  const peek = (object: string, path: string) => kubectl.run('get', object, '-o', `jsonpath={${path}}`)

  test(
    'apply of a Deployment with a Service makes the Deployment, and says that there are no Services',
    { skip: world.lacks('sandbox') },
    async () => {
      const service = {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'served' },
        spec: { ports: [{ port: 80 }] },
      }
      const list = { apiVersion: 'v1', kind: 'List', items: [workload('served', { image: 'nginx:1' }), service] }
      const { stderr } = await kubectl.with(JSON.stringify(list)).fail('apply', '-f', '-')
      assert.match(stderr, /no matches for kind "Service" in version "v1"/)
      assert.match(await kubectl.run('rollout', 'status', 'deployment/served'), /successfully rolled out/)
      assert.match(await kubectl.run('get', 'crd'), /^(No resources found)?\s*$/)
      await kubectl.run('delete', 'deployment', 'served')
    },
  )

  test('reads the YAML of an answer as what its JSON says, in lines or not', async () => {
    const api = '/apis/image.openshift.io/v1'
    const plain =
      'yes n null ~ 0777 0o7 1_000 1:30 1e3 .5 +1 0x1F << = - 2024-01-01 { [a] *a &a !a % \' " \\ ä \u{1F600}'.split(
        ' ',
      )
    plain.push('', ' a ', '? a', 'a: b', 'a #b', '\ta\t', 'a\nb\n', '\n  a\n\n b', 'x '.repeat(100), '\0')
    const odd = ['\x7f', 'a\u0085b', 'a\u2028b', '\ufeffa', '\uffff']
    // The odd characters make JSON of an object, as its size does.
    for (const [name, some] of [
      ['plain', plain],
      ['odd', [...plain, ...odd]],
      ['large', [...plain, ...odd, 'x'.repeat(70_000)]],
    ] as const) {
      const annotations = Object.fromEntries(some.map((word, i) => [`a/${i}`, word]))
      await create({ ...stream(name, {}, { read: 'yaml' }), metadata: { name, annotations, labels: { read: 'yaml' } } })
    }
    // Names of what is kept as it is may have any length.
    const Labels = { yes: 'no', [`"${'k'.repeat(1_100)}\\`]: ':', filler: 'x'.repeat(70_000) }
    const image = {
      dockerImageReference: 'quay.io/acme/web:1',
      dockerImageMetadata: { kind: 'DockerImage', apiVersion: 'image.openshift.io/1.0', Config: { Labels } },
    }
    const name = `sha256:${'e'.repeat(64)}`
    await create({ apiVersion: 'image.openshift.io/v1', kind: 'Image', metadata: { name }, ...image })

    const streams = `${api}/namespaces/default/imagestreams`
    for (const path of [
      `${streams}?labelSelector=read=yaml`,
      `${streams}/plain`,
      `${streams}/large`,
      `${api}/images/${name}`,
    ]) {
      const read = async (accept: string) => (await server.call('GET', path, undefined, { accept })).text
      // kubectl leaves managedFields out.
      const json = JSON.parse(await read('application/json'), (key, value: unknown) =>
        key === 'managedFields' ? undefined : value,
      ) as { items?: object[] }
      const args = ['create', '--dry-run=client', '--validate=false', '-o', 'json', '-f', '-']
      const printed = await kubectl.with(await read('application/yaml')).run(...args)
      // One after the other, without anything between.
      const seen = JSON.parse(`[${printed.replaceAll(/^\}\n\{/gm, '},{')}]`) as unknown
      const kind = { apiVersion: 'image.openshift.io/v1', kind: 'ImageStream' }
      assert.deepEqual(seen, json.items?.map((item) => ({ ...item, ...kind })) ?? [json])
    }
    await kubectl.run('delete', 'is', '-l', 'read=yaml')
    await kubectl.run('delete', 'image', name)
  })

  describe('discovery', () => {
    test('api-resources lists short names, groups, scope and kinds', async () => {
      const text = await kubectl.run('api-resources', '--no-headers')
      const rows = text
        .trim()
        .split('\n')
        .map((line) => line.split(/ +/).join(' '))
      for (const row of [
        'imagestreams is image.openshift.io/v1 true ImageStream',
        'imagestreamtags istag image.openshift.io/v1 true ImageStreamTag',
        'images image.openshift.io/v1 false Image',
        'deployments deploy apps/v1 true Deployment',
        'cronjobs cj batch/v1 true CronJob',
        'namespaces ns v1 false Namespace',
      ]) {
        assert.ok(rows.includes(row), `${row} in\n${text}`)
      }
    })

    test('api-versions and version answer', async () => {
      assert.match(await kubectl.run('api-versions'), /^image\.openshift\.io\/v1$/m)
      assert.match(await kubectl.run('version'), /^Server Version:/m)
    })

    test('explain describes fields of streams and of workloads', async () => {
      assert.match(await kubectl.run('explain', 'is.spec.tags'), /referencePolicy/)
      assert.match(await kubectl.run('explain', 'is.spec.tags.importPolicy'), /scheduled\s+<boolean>/)
      assert.match(await kubectl.run('explain', 'deployment.spec.template.spec.containers.image'), /<string>/)
      const { stderr } = await kubectl.fail('explain', 'is.spec.tag')
      assert.match(stderr, /^error: field "tag" does not exist$/m)
    })

    test('explain tells what a field is there for, and what its type is', { skip: EXPLAINS }, async () => {
      assert.match(
        await kubectl.run('explain', 'is.spec.tags.from'),
        /^DESCRIPTION:\n {4}Where the image comes from\.[^:]*: DockerImage[^]*\n {4}A pointer to another object\.\n/m,
      )
    })

    test('explain describes every field of every kind of image.openshift.io', { skip: EXPLAINS }, async () => {
      const names = (await kubectl.run('api-resources', '--api-group=image.openshift.io', '-o', 'name'))
        .trim()
        .split('\n')
      assert.equal(names.length, 8)
      for (const name of names) {
        const [plural = ''] = name.split('.')
        const [plain, whole] = await Promise.all([
          kubectl.run('explain', plural),
          kubectl.run('explain', plural, '--recursive'),
        ])
        for (const text of [plain, whole])
          assert.match(text, /^GROUP: +image\.openshift\.io\nKIND: +Image\w*\nVERSION: +v1\n/)
        assert.doesNotMatch(plain, /<no description>/, name)
        assert.match(whole, /^ {4}ownerReferences\t<\[\]OwnerReference>\n {6}apiVersion\t<string> -required-$/m)
      }
      assert.match(await kubectl.run('explain', 'cronjobs', '--recursive'), /^ +initContainers\t<\[\]Container>$/m)
    })

    test('whatever api-resources says can be listed is listed in one go, and get all is not disturbed', async () => {
      const listable = async (...args: string[]) =>
        (await kubectl.run('api-resources', '--verbs=list', '-o', 'name', ...args)).trim().split('\n')
      assert.deepEqual(await listable('--api-group=image.openshift.io'), [
        'images.image.openshift.io',
        'imagestreams.image.openshift.io',
        'imagestreamtags.image.openshift.io',
        'imagetags.image.openshift.io',
      ])
      for (const what of [(await listable('--namespaced')).join(), 'all']) {
        const { code, stderr } = await kubectl.try('get', what, '-A', '-o', 'name')
        assert.deepEqual([code, stderr.replace(/^Warning: .*\n|^No resources found\n/gm, '')], [0, ''])
      }
    })

    test('version 2 of OpenAPI, which old clients read, has all types and paths', async () => {
      const { definitions, paths } = JSON.parse(await kubectl.run('get', '--raw', '/openapi/v2')) as {
        definitions: Record<string, { 'x-kubernetes-group-version-kind'?: { group: string; kind: string }[] }>
        paths: Record<string, object>
      }
      const kinds = Object.values(definitions).flatMap((type) => type['x-kubernetes-group-version-kind'] ?? [])
      for (const kind of ['ImageStream', 'ImageStreamTag', 'ImageTag', 'Image', 'ImageStreamImport'])
        assert.ok(
          kinds.some((each) => each.group === 'image.openshift.io' && each.kind === kind),
          kind,
        )
      for (const path of ['imagestreams', 'imagestreams/{name}/layers', 'imagestreamtags/{name}', 'imagestreamimports'])
        assert.ok(paths[`/apis/image.openshift.io/v1/namespaces/{namespace}/${path}`], path)
    })

    test('get --raw leads from the root to every resource', async () => {
      const raw = async (path: string) => JSON.parse(await kubectl.run('get', '--raw', path)) as Record<string, unknown>
      assert.ok(((await raw('/'))['paths'] as string[]).includes('/apis/image.openshift.io/v1'))
      assert.equal((await raw('/apis/image.openshift.io'))['kind'], 'APIGroup')
      assert.equal((await raw('/apis/image.openshift.io/v1'))['kind'], 'APIResourceList')
      assert.equal((await raw('/apis/image.openshift.io/v1/imagestreams?limit=1'))['kind'], 'ImageStreamList')
      assert.equal(await kubectl.run('get', '--raw', '/readyz'), 'ok')
      const { stderr } = await kubectl.fail('get', '--raw', '/apis/image.openshift.io/v1/nonsense')
      assert.match(stderr, /\(NotFound\): the server could not find the requested resource/)
    })

    test('knows no deletion of all namespaces', async () => {
      const { stderr } = await kubectl.fail('delete', '--raw', '/api/v1/namespaces')
      assert.match(stderr, /does not allow this method/)
    })

    test('auth can-i says yes to the admin, and no to anybody else', async () => {
      const canI = (...args: string[]) => kubectl.try('auth', 'can-i', ...args)
      for (const what of [
        ['create', 'imagestreams'],
        ['get', 'imagestreams/layers'],
        ['*', '*'],
      ]) {
        assert.equal((await canI(...what)).stdout, 'yes\n')
        const { code, stdout } = await canI(...what, '--as=bob')
        assert.deepEqual([code, stdout.slice(0, 2)], [1, 'no'])
      }
      assert.match((await canI('--list')).stdout, /^\*\.\* +\[\] +\[\] +\[\*\]$/m)
      assert.doesNotMatch((await canI('--list', '--as=bob')).stdout, /\[\*\]/)
    })
  })

  describe('a stream', () => {
    test('is created, and shown in every output form', async () => {
      assert.equal(
        await create(stream('forms', { tags: [tag('one', 'example.com/a:1')] })),
        'imagestream.image.openshift.io/forms created\n',
      )
      assert.match(await kubectl.run('get', 'is', 'forms'), /^NAME +IMAGE REPOSITORY +TAGS +UPDATED\nforms /)
      assert.equal(await kubectl.run('get', 'is', 'forms', '-o', 'name'), 'imagestream.image.openshift.io/forms\n')
      assert.equal(
        (JSON.parse(await kubectl.run('get', 'is/forms', '-o', 'json')) as { kind: string }).kind,
        'ImageStream',
      )
      assert.match(
        await kubectl.run('get', 'is/forms', '-o', 'yaml'),
        /^apiVersion: image\.openshift\.io\/v1\nkind: ImageStream\n/,
      )
      assert.equal(await kubectl.run('get', 'is/forms', '-o', 'jsonpath={.spec.tags[0].from.name}'), 'example.com/a:1')
      assert.equal(await kubectl.run('get', 'is/forms', '-o', 'go-template={{.metadata.name}}'), 'forms')
      assert.equal(
        await kubectl.run('get', 'is/forms', '--no-headers', '-o', 'custom-columns=N:.metadata.name'),
        'forms\n',
      )
    })

    test('is described', async () => {
      assert.match(await kubectl.run('describe', 'is', 'forms'), /^Name: +forms\n[^]*Kind: +ImageStream\n/)
    })

    test(
      'is applied three-way: what another added stays, what was taken away goes',
      { skip: MERGES_LISTS },
      async () => {
        const name = 'applied'
        assert.equal(
          await apply(stream(name, { tags: [tag('a', 'e.com/x:a'), tag('b', 'e.com/x:b')] })),
          `imagestream.image.openshift.io/${name} created\n`,
        )
        assert.match(await apply(stream(name, { tags: [tag('a', 'e.com/x:a'), tag('b', 'e.com/x:b')] })), /unchanged$/m)
        await kubectl.run('patch', 'is', name, '-p', JSON.stringify({ spec: { tags: [tag('foreign', 'e.com/x:f')] } }))
        assert.equal(
          await apply(stream(name, { tags: [tag('a', 'e.com/x:a2')] })),
          `imagestream.image.openshift.io/${name} configured\n`,
        )
        assert.deepEqual((await peek(`is/${name}`, '.spec.tags[*].name')).split(' ').sort(), ['a', 'foreign'])
      },
    )

    test('is applied on the server side, and a conflict names the other manager', async () => {
      const text = await apply(stream('ssa', { lookupPolicy: { local: true } }), '--server-side', '--field-manager=one')
      assert.equal(text, 'imagestream.image.openshift.io/ssa serverside-applied\n')
      const rival = kubectl.with(JSON.stringify(stream('ssa', { lookupPolicy: { local: false } })))
      const refused = await rival.fail('apply', '-f', '-', '--server-side', '--field-manager=two')
      assert.match(refused.stderr, /conflict with "one"/)
      await rival.run('apply', '-f', '-', '--server-side', '--field-manager=two', '--force-conflicts')
      assert.equal(await peek('is/ssa', '.spec.lookupPolicy.local'), 'false')
    })

    test('is diffed: 0 for no change, 1 for some, more where it cannot be told', { skip: MERGES_LISTS }, async () => {
      await apply(stream('diffed', { tags: [tag('a', 'e.com/x:a')] }))
      const diff = (object: object, ...args: string[]) =>
        kubectl.with(JSON.stringify(object)).try('diff', '-f', '-', ...args)
      const same = await diff(stream('diffed', { tags: [tag('a', 'e.com/x:a')] }))
      assert.deepEqual([same.code, same.stdout], [0, ''])
      for (const how of [[], ['--server-side']]) {
        const { code, stdout } = await diff(stream('diffed', { lookupPolicy: { local: true } }), ...how)
        assert.equal(code, 1)
        assert.match(stdout, /^\+ +local: true$/m)
      }
      const fresh = await diff(stream('not-yet', { tags: [tag('a', 'e.com/x:a')] }))
      assert.equal(fresh.code, 1)
      assert.match(fresh.stdout, /^\+ +dockerImageReference: e\.com\/x:a$/m)
      assert.ok((await diff(stream('diffed', { tags: [{ name: 'a', from: { kind: 'X' } }] }))).code > 1)
      assert.equal(await peek('is/diffed', '.spec.lookupPolicy.local'), 'false', 'nothing changed')
    })

    test('is patched in three ways', async () => {
      await create(stream('patched', { tags: [tag('a', 'e.com/x:a')] }))
      const patch = (type: string, body: unknown) =>
        kubectl.run('patch', 'is/patched', `--type=${type}`, '-p', JSON.stringify(body))
      await patch('strategic', { spec: { tags: [tag('b', 'e.com/x:b')] } })
      assert.equal(await peek('is/patched', '.spec.tags[*].name'), 'a b')
      await patch('strategic', { spec: { tags: [{ $patch: 'delete', name: 'a' }] } })
      assert.equal(await peek('is/patched', '.spec.tags[*].name'), 'b')
      await patch('json', [{ op: 'add', path: '/spec/tags/-', value: tag('c', 'e.com/x:c') }])
      assert.equal(await peek('is/patched', '.spec.tags[*].name'), 'b c')
      // The field is not there while it is false.
      await patch('json', [{ op: 'replace', path: '/spec/tags/0/importPolicy/insecure', value: true }])
      assert.equal(await peek('is/patched', '.spec.tags[0].importPolicy.insecure'), 'true')
      await patch('merge', { spec: { tags: [tag('d', 'e.com/x:d')] } })
      assert.equal(await peek('is/patched', '.spec.tags[*].name'), 'd')
      assert.match(await patch('merge', {}), /patched \(no change\)/)
    })

    test('is patched through its status, which leaves the rest alone', { skip: SUBRESOURCES }, async () => {
      const item = { created: null, dockerImageReference: 'e.com/x:1', image: 'sha256:1', generation: 1 }
      const patch = { spec: { tags: [] }, status: { tags: [{ tag: 'z', items: [item] }] } }
      const args = ['patch', 'is/patched', '--subresource=status', '--type=merge', '-p', JSON.stringify(patch)]
      assert.match(await kubectl.run(...args), /patched$/m)
      assert.equal(await peek('is/patched', '.status.tags[*].tag'), 'z')
      assert.equal(await peek('is/patched', '.spec.tags[*].name'), 'd')
      assert.match(await kubectl.run('get', 'is/patched', '--subresource=status'), /^NAME +IMAGE REPOSITORY +TAGS +/)
    })

    test('is not patched by what makes no sense', { skip: TELLS_CAUSES }, async () => {
      const refused = async (type: string, body: string) =>
        (await kubectl.fail('patch', 'is/patched', `--type=${type}`, '-p', body)).stderr
      assert.match(
        await refused('strategic', '{"spec":{"tags":[{"nme":"x"}]}}'),
        /does not contain declared merge key: name/,
      )
      assert.match(await refused('json', '[{"op":"test","path":"/spec/tags/0/name","value":"x"}]'), /test failed/)
      assert.match(await refused('json', '[{"op":"remove","path":"/spec/nope"}]'), /doc is missing path/)
      assert.match(await refused('merge', '{"metadata":{"name":"other"}}'), /does not match the name on the URL/)
      assert.match(await refused('merge', '{"metadata":{"resourceVersion":"1"}}'), /\(Conflict\).* has been modified/)
      assert.equal(await peek('is/patched', '.spec.tags[*].name'), 'd')
    })

    test('is replaced, and with --force made anew', async () => {
      await create(stream('replaced'))
      const read = async () => JSON.parse(await kubectl.run('get', 'is/replaced', '-o', 'json')) as Read
      const replace = (object: object, ...args: string[]) =>
        kubectl.with(JSON.stringify(object)).try('replace', '-f', '-', ...args)
      const old = await read()
      assert.match((await replace({ ...old, spec: { lookupPolicy: { local: true } } })).stdout, /replaced replaced$/m)
      const now = await read()
      assert.deepEqual([now.spec, now.metadata.uid], [{ lookupPolicy: { local: true } }, old.metadata.uid])
      assert.match((await replace(old)).stderr, /\(Conflict\).* has been modified/)
      assert.match((await replace(stream('nowhere'))).stderr, /"nowhere" not found/)
      const { code, stdout } = await replace(stream('replaced'), '--force')
      assert.equal(code, 0)
      assert.match(stdout, /"replaced" deleted.*\n.*replaced replaced\n$/)
      const anew = await read()
      assert.notEqual(anew.metadata.uid, old.metadata.uid)
      assert.deepEqual([anew.spec.lookupPolicy, anew.metadata.generation], [{ local: false }, 1])
    })

    test('is edited, and what is wrong is told in the editor', async () => {
      await create(stream('edited', { tags: [tag('a', 'e.com/x:a')] }))
      const editor = join(server.directory, 'editor.sh')
      const edit = (...script: string[]) => {
        writeFileSync(editor, ['#!/bin/sh', ...script].join('\n'), { mode: 0o755 })
        return kubectl.under({ KUBE_EDITOR: editor }).try('edit', 'is/edited')
      }
      assert.match((await edit('true')).stdout + (await edit('true')).stderr, /no changes made/)
      assert.match((await edit(`sed -i 's/local: false/local: true/' "$1"`)).stdout, /edited edited$/m)
      assert.equal(await peek('is/edited', '.spec.lookupPolicy.local'), 'true')
      const seen = join(server.directory, 'seen')
      const { code, stderr } = await edit(`cp "$1" ${seen}`, `sed -i 's/kind: DockerImage/kind: Nonsense/' "$1"`)
      assert.equal(code, 1)
      assert.match(stderr, /"edited" is invalid[^]*no valid changes were saved/)
      assert.match(readFileSync(seen, 'utf8'), /^# \* spec\.tags\[a\]\.from\.kind: Required value: valid values are /m)
      assert.equal(await peek('is/edited', '.spec.tags[0].from.kind'), 'DockerImage')
    })

    test('is labelled and annotated, also by selector', async () => {
      await create(stream('labelled', {}, { team: 'wheel' }))
      await kubectl.run('label', 'is', '-l', 'team=wheel', 'tier=base')
      await kubectl.run('annotate', 'is/labelled', 'note=a b')
      assert.equal(await peek('is/labelled', '.metadata.labels.tier'), 'base')
      assert.equal(await peek('is/labelled', '.metadata.annotations.note'), 'a b')
      await kubectl.run('label', 'is/labelled', 'tier-')
      assert.equal(
        await kubectl.run('get', 'is', '-l', 'team in (wheel),!tier', '-o', 'name'),
        'imagestream.image.openshift.io/labelled\n',
      )
      assert.equal(
        await kubectl.run('get', 'is', '--field-selector', 'metadata.name=labelled', '-o', 'name'),
        'imagestream.image.openshift.io/labelled\n',
      )
    })

    test('is watched', async () => {
      await create(stream('watched', {}, { n: 'zero' }))
      const rows = kubectl.start(
        'get',
        'is',
        'watched',
        '-w',
        '--no-headers',
        '-o',
        'custom-columns=L:.metadata.labels.n',
      )
      await rows.printed(/^zero$/m)
      await kubectl.run('label', '--overwrite', 'is/watched', 'n=one')
      await rows.printed(/^zero\none$/m)
      await rows.stop()
      const tables = kubectl.start('get', 'is', '-w')
      await tables.printed(/^NAME +IMAGE REPOSITORY +TAGS +UPDATED$/m)
      await tables.printed(/^watched /m)
      await kubectl.run('delete', 'is/watched')
      await tables.printed(/^watched [^]*^watched /m)
      await tables.stop()
    })

    test('loses a tag, and kubectl does not wait for what it cannot watch', async () => {
      await create(stream('tagged', { tags: [tag('one', 'example.com/a:1'), tag('two', 'example.com/a:2')] }))
      const start = performance.now()
      const text = await kubectl.run('delete', 'istag', 'tagged:one', '--timeout=20s')
      assert.match(text, /^imagestreamtag\.image\.openshift\.io "tagged:one" deleted/)
      assert.ok(performance.now() - start < 10_000, 'it waited')
      assert.equal(await peek('is/tagged', '.spec.tags[*].name'), 'two')
      assert.equal(await peek('is/tagged', '.status.tags[*].tag'), 'two')
      assert.match((await kubectl.fail('delete', 'istag', 'tagged:one')).stderr, /NotFound/)
    })

    test(
      'is waited for: until a field has a value, and no longer than was said',
      { skip: WAITS_FOR_FIELDS },
      async () => {
        await create(stream('awaited'))
        const wait = (...args: string[]) => kubectl.try('wait', 'is/awaited', ...args)
        const waiting = wait('--for=jsonpath={.status.tags[0].tag}=v1', '--timeout=10s')
        await kubectl.run('patch', 'is/awaited', '-p', JSON.stringify({ spec: { tags: [tag('v1', 'e.com/x:1')] } }))
        assert.deepEqual(await waiting, {
          code: 0,
          stdout: 'imagestream.image.openshift.io/awaited condition met\n',
          stderr: '',
        })
        const late = await Promise.all([
          wait('--for=jsonpath={.status.tags[0].tag}=v2', '--timeout=1s'),
          wait('--for=condition=Nonsense', '--timeout=1s'),
          wait('--for=delete', '--timeout=1s'),
        ])
        for (const { code, stderr } of late) {
          assert.equal(code, 1)
          assert.match(stderr, /^error: timed out waiting for the condition on imagestreams\/awaited$/m)
        }
      },
    )

    test('is dry-run on the server without a trace', async () => {
      const text = await kubectl
        .with(JSON.stringify(stream('ghost')))
        .run('create', '-f', '-', '--dry-run=server', '-o', 'name')
      assert.equal(text, 'imagestream.image.openshift.io/ghost\n')
      assert.match((await kubectl.fail('get', 'is/ghost')).stderr, /NotFound.* "ghost" not found/)
    })

    test('is deleted and waited for', async () => {
      await create(stream('gone'))
      const waiting = kubectl.try('wait', '--for=delete', 'is/gone', '--timeout=10s')
      assert.match(await kubectl.run('delete', 'is', 'gone'), /imagestream\.image\.openshift\.io "gone" deleted/)
      const { code, stderr } = await waiting
      // Old versions complain when it is gone before they have begun.
      assert.ok(code === 0 || /NotFound|no matching resources/.test(stderr), stderr)
      assert.match((await kubectl.fail('get', 'is/gone')).stderr, /NotFound/)
    })

    test('goes with its owner, and takes along what it owns, unless they are to stay as orphans', async () => {
      const config = (name: string, ownerReferences: object[] = []) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name, ownerReferences },
      })
      const by = async (apiVersion: string, kind: string, name: string) => {
        const uid = await peek(`${kind}/${name}`, '.metadata.uid')
        return [{ apiVersion, kind, name, uid, blockOwnerDeletion: true }]
      }
      /** A ConfigMap that owns a stream that owns a ConfigMap. */
      const family = async (name: string) => {
        await create(config(name))
        const ownerReferences = await by('v1', 'ConfigMap', name)
        await create({ ...stream(name), metadata: { name, ownerReferences } })
        await create(config(`${name}-child`, await by('image.openshift.io/v1', 'ImageStream', name)))
      }
      const left = async (name: string) => {
        const objects = [`cm/${name}`, `is/${name}`, `cm/${name}-child`]
        return (await kubectl.run('get', ...objects, '--ignore-not-found', '-o', 'name')).trim().split('\n').join(' ')
      }
      const patience = { timeout: 30_000 }
      await family('background')
      await kubectl.run('delete', 'cm/background', '--cascade=background')
      await eventually(async () => assert.equal(await left('background'), ''), patience)
      await family('foreground')
      await kubectl.run('delete', 'cm/foreground', '--cascade=foreground', '--timeout=30s')
      assert.equal(await left('foreground'), '', 'at once: the owner waited for them')
      await family('orphan')
      await kubectl.run('delete', 'cm/orphan', '--cascade=orphan', '--timeout=30s')
      assert.equal(await left('orphan'), 'imagestream.image.openshift.io/orphan configmap/orphan-child')
      assert.equal(await peek('is/orphan', '.metadata.ownerReferences'), '')
      await kubectl.run('delete', 'is/orphan', '--cascade=orphan', '--timeout=30s')
      assert.equal(await left('orphan'), 'configmap/orphan-child')
      assert.equal(await peek('cm/orphan-child', '.metadata.ownerReferences'), '')
    })

    test('of which there are many is listed in pages', async () => {
      await kubectl.run('create', 'namespace', 'many')
      const items = Array.from({ length: 12 }, (_, i) => stream(`s${i}`))
      await kubectl
        .with(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }))
        .run('create', '-n', 'many', '-f', '-')
      const names = await kubectl.run('get', 'is', '-n', 'many', '--chunk-size=5', '-o', 'name')
      assert.equal(names.trim().split('\n').length, 12)
      await kubectl.run('delete', 'is', '--all', '-n', 'many')
      assert.equal(await kubectl.run('get', 'is', '-n', 'many', '-o', 'name'), '')
    })

    test('is listed page by page, in order, across namespaces, by labels and by fields', async () => {
      const names = Array.from({ length: 12 }, (_, i) => `s${String(i).padStart(2, '0')}`)
      for (const namespace of ['pages', 'papers']) {
        await kubectl.run('create', 'namespace', namespace)
        const items = names.map((name, i) => stream(name, {}, { half: String(i % 2) }))
        const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
        await kubectl.with(list).run('create', '-n', namespace, '-f', '-')
      }
      const listed = async (...args: string[]) => {
        const columns = '-o=custom-columns=NS:.metadata.namespace,N:.metadata.name'
        const { stdout, stderr } = await kubectl.try('get', 'is', '--no-headers', columns, '-v=6', ...args)
        const rows = stdout.trim().split('\n')
        return {
          rows: rows.map((row) => row.split(/ +/).join('/')),
          pages: stderr.match(/ GET \S+\/imagestreams\?/g)?.length,
        }
      }
      assert.deepEqual(await listed('-n', 'pages', '--chunk-size=1'), {
        rows: names.map((n) => `pages/${n}`),
        pages: 12,
      })
      const all = await listed('-A', '--chunk-size=5', '-l', 'half')
      assert.deepEqual(all.rows, [...names.map((n) => `pages/${n}`), ...names.map((n) => `papers/${n}`)])
      assert.ok(all.pages! >= 5, `${all.pages} pages`)
      assert.equal((await listed('-A', '--chunk-size=1', '-l', 'half=1')).rows.length, 12)
      const fields = '--field-selector=metadata.namespace=papers,metadata.name!=s00'
      assert.deepEqual(
        (await listed('-A', '--chunk-size=3', fields)).rows,
        names.slice(1).map((n) => `papers/${n}`),
      )
      const unknown = await kubectl.fail('get', 'is', '--field-selector=spec.nope=1')
      assert.match(
        unknown.stderr,
        /"spec\.nope" is not a known field selector: only "metadata\.name", "metadata\.namespace"/,
      )
    })

    test('goes with its namespace', async () => {
      await kubectl.run('create', 'namespace', 'short')
      await kubectl.with(JSON.stringify(stream('inside'))).run('create', '-n', 'short', '-f', '-')
      await kubectl.run('delete', 'namespace', 'short', '--timeout=20s')
      assert.equal(
        await kubectl.run('get', 'is', '-A', '--field-selector', 'metadata.namespace=short', '-o', 'name'),
        '',
      )
      assert.match(
        (await kubectl.with(JSON.stringify(stream('late'))).fail('create', '-n', 'short', '-f', '-')).stderr,
        /"short" not found/,
      )
    })
  })

  describe('a workload', () => {
    test('rolls out, scales, restarts and rolls back', async () => {
      await create(workload('app', { image: 'example.com/app:1' }))
      await kubectl.run('rollout', 'status', 'deployment/app', '--timeout=20s')
      await kubectl.run('scale', 'deployment/app', '--replicas=3')
      await eventually(async () => assert.equal(await peek('deployment/app', '.status.readyReplicas'), '3'))
      await kubectl.run('set', 'image', 'deployment/app', 'app=example.com/app:2')
      await kubectl.run('rollout', 'status', 'deployment/app', '--timeout=20s')
      assert.match(
        await kubectl.run('rollout', 'history', 'deployment/app'),
        /^REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>\n/m,
      )
      await kubectl.run('rollout', 'undo', 'deployment/app')
      await kubectl.run('rollout', 'status', 'deployment/app', '--timeout=20s')
      assert.equal(await peek('deployment/app', '.spec.template.spec.containers[0].image'), 'example.com/app:1')
      await kubectl.run('rollout', 'restart', 'deployment/app')
      await kubectl.run('rollout', 'status', 'deployment/app', '--timeout=20s')
      await kubectl.run('wait', 'deployment/app', '--for=condition=Available', '--timeout=20s')
    })

    test('has subresources with columns of their own', { skip: SUBRESOURCES }, async () => {
      const shown = (name: string) => kubectl.run('get', 'deployment/app', `--subresource=${name}`)
      assert.match(await shown('status'), /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\napp +3\/3 +3 +3 /)
      assert.match(await shown('scale'), /^NAME +DESIRED +AVAILABLE +AGE\napp +3 +3 /)
      await kubectl.run(
        'patch',
        'deployment/app',
        '--subresource=scale',
        '--type=merge',
        '-p',
        '{"spec":{"replicas":2}}',
      )
      assert.equal(await peek('deployment/app', '.spec.replicas'), '2')
    })

    test('says why nothing can be run in it', { skip: world.lacks('sandbox') }, async () => {
      const { stderr } = await kubectl.fail('exec', 'deployment/app', '--', 'ls')
      assert.match(stderr, /runs no containers, so there is no exec/)
    })

    test('has logs that say what would run', { skip: world.lacks('sandbox') }, async () => {
      const logs = await kubectl.run('logs', 'deployment/app')
      assert.match(logs, /example\.com\/app:1/)
      assert.match(logs, /sleep infinity/)
    })

    test('waits for a resume while it is paused', async () => {
      await kubectl.run('rollout', 'pause', 'deployment/app')
      await kubectl.run('set', 'image', 'deployment/app', 'app=example.com/app:3')
      const template = '.spec.template.spec.containers[0].image'
      assert.doesNotMatch(
        await kubectl.run('get', 'rs', '-l', 'app=app', '-o', `jsonpath={.items[*]${template}}`),
        /app:3/,
      )
      await kubectl.run('rollout', 'resume', 'deployment/app')
      await kubectl.run('rollout', 'status', 'deployment/app', '--timeout=20s')
      assert.match(await kubectl.run('get', 'rs', '-l', 'app=app', '-o', `jsonpath={.items[*]${template}}`), /app:3/)
    })

    test('of each kind is shown with the columns of a cluster', async () => {
      for (const kind of ['StatefulSet', 'DaemonSet', 'CronJob'] as const) {
        await create(workload(kind.toLowerCase(), { kind, image: 'example.com/app:1' }))
      }
      await kubectl.run('rollout', 'status', 'statefulset/statefulset', '--timeout=20s')
      await kubectl.run('rollout', 'status', 'daemonset/daemonset', '--timeout=20s')
      assert.match(await kubectl.run('get', 'statefulset'), /^NAME +READY +AGE\nstatefulset +1\/1 /)
      assert.match(
        await kubectl.run('get', 'daemonset'),
        /^NAME +DESIRED +CURRENT +READY +UP-TO-DATE +AVAILABLE +NODE SELECTOR +AGE\ndaemonset +1 /,
      )
      assert.match(
        await kubectl.run('get', 'cronjob'),
        /^NAME +SCHEDULE +(TIMEZONE +)?SUSPEND +ACTIVE +LAST SCHEDULE +AGE\ncronjob +0 0 1 1 \* /,
      )
    })

    test('is waited for', async () => {
      const wait = (object: string, ...args: string[]) => kubectl.try('wait', object, ...args)
      assert.equal((await wait('deployment/app', '--for=condition=Available', '--timeout=10s')).code, 0)
      assert.equal((await wait('pods', '-l', 'app=app', '--for=condition=Ready', '--timeout=10s')).code, 0)
      assert.equal((await wait('deployment/app', '--for=condition=Available=False', '--timeout=1s')).code, 1)
    })

    test('takes its ReplicaSets and Pods with it, in the background or before it goes, or leaves them as orphans', async () => {
      const family = (name: string, what: string) =>
        kubectl.run('get', 'deployments,rs,pods', '-l', `app=${name}`, '-o', `jsonpath={.items[*]${what}}`)
      await kubectl.run('delete', 'deployment/app', '--cascade=background')
      await eventually(async () => assert.equal(await family('app', '.metadata.name'), ''))
      for (const cascade of ['foreground', 'orphan'] as const) {
        await create(workload(cascade, { image: 'e.com/x:1' }))
        await kubectl.run('rollout', 'status', `deployment/${cascade}`, '--timeout=20s')
        await kubectl.run('delete', `deployment/${cascade}`, `--cascade=${cascade}`, '--timeout=20s')
      }
      assert.equal(await family('foreground', '.metadata.name'), '', 'at once: the owner waited for them')
      assert.equal(await family('orphan', '.kind'), 'ReplicaSet Pod')
      assert.equal(await family('orphan', '.metadata.ownerReferences[*].kind'), 'ReplicaSet', 'of the pod')
      await kubectl.run('delete', 'rs', '-l', 'app=orphan')
      await eventually(async () => assert.equal(await family('orphan', '.metadata.name'), ''))
    })
  })

  describe('configuration', () => {
    test('namespaces, configmaps, secrets and service accounts are there to use', async () => {
      await kubectl.run('create', 'configmap', 'c', '--from-literal=a=b')
      assert.equal(await peek('configmap/c', '.data.a'), 'b')
      await kubectl.run('create', 'secret', 'generic', 's', '--from-literal=a=b')
      assert.equal(await peek('secret/s', '.data.a'), Buffer.from('b').toString('base64'))
      await kubectl.run('create', 'serviceaccount', 'sa')
      assert.match(await kubectl.run('get', 'sa', 'sa'), /^sa /m)
      assert.match(await kubectl.run('get', 'ns', 'default'), /^NAME +STATUS +AGE\ndefault +Active /)
    })

    test('generateName gives names of their own', async () => {
      // OpenShift wants the prefix to be a name by itself: no dash at its end.
      const object = { ...stream('x'), metadata: { generateName: 'gen' } }
      const names = [await create(object), await create(object)]
      assert.match(names.join(''), /^(imagestream\.image\.openshift\.io\/gen[a-z0-9]{5} created\n){2}$/)
      assert.notEqual(names[0], names[1])
    })
  })
})

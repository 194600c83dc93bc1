import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'
import { notFound } from '../../core/machinery/status.ts'

const NS = '/apis/image.openshift.io/v1/namespaces/demo'
const table = (rows: (string | null)[][], next?: string) => ({
  kind: 'Table',
  metadata: next ? { continue: next } : {},
  columnDefinitions: [{ name: 'Name' }, { name: 'Tags' }, { name: 'Image Name', priority: 1 }],
  rows: rows.map((cells) => ({ cells, object: { metadata: { namespace: 'demo' } } })),
})
const list = `GET ${NS}/imagestreams?limit=500`

test('the table of the server is printed, page by page', async () => {
  const answers = {
    [list]: table([['ubi', '8,9', 'x']], 'more'),
    [`${list}&continue=more`]: table([['mysql', null, 'y\nz']]),
  }
  assert.equal((await runCommand(['get', 'is'], answers)).out, 'NAME    TAGS\nubi     8,9\nmysql   \n')
  const wide = await runCommand(['get', 'is', '-o', 'wide'], answers)
  assert.equal(wide.out, 'NAME    TAGS   IMAGE NAME\nubi     8,9    x\nmysql          y...\n')
  const everywhere = { 'GET /apis/image.openshift.io/v1/imagestreams?limit=500': table([['ubi', '8', 'x']]) }
  assert.equal(
    (await runCommand(['get', 'is', '-A'], everywhere)).out,
    'NAMESPACE   NAME   TAGS\ndemo        ubi    8\n',
  )
  const here = { [list]: table([['ubi', '8', 'x']]) }
  assert.equal((await runCommand(['get', 'is', '--all-namespaces=false'], here)).out, 'NAME   TAGS\nubi    8\n')
})

test('names, selectors and nothing', async () => {
  const one = await runCommand(['get', 'is/ubi'], { [`GET ${NS}/imagestreams/ubi`]: table([['ubi', '8', 'x']]) })
  assert.equal(one.out, 'NAME   TAGS\nubi    8\n')
  const none = await runCommand(['get', 'is', '-l', 'a=b'], { [`${list}&labelSelector=a%3Db`]: table([]) })
  assert.deepEqual([none.code, none.out, none.err], [0, '', 'No resources found in demo namespace.\n'])
  assert.match(
    (await runCommand(['get'])).err,
    /^error: You must specify the type of resource to get \(see 'millrace get --help'\)\n$/,
  )
})

test('where kinds stand together, names tell theirs; what is of one kind in a row is one table', async () => {
  const one = (name: string) => table([[name, '8', 'x']])
  const answers = {
    [`GET ${NS}/imagestreams/a`]: one('a'),
    [`GET ${NS}/imagestreams/b`]: one('b'),
    [`GET ${NS}/imagestreamtags/a:1`]: one('a:1'),
  }
  const same = await runCommand(['get', 'is/a', 'is/b'], answers)
  assert.equal(same.out, 'NAME   TAGS\na      8\nb      8\n')
  const mixed = await runCommand(['get', 'is/a', 'is/b', 'istag/a:1'], answers)
  const is = 'imagestream.image.openshift.io'
  assert.equal(
    mixed.out,
    `NAME                               TAGS\n${is}/a   8\n${is}/b   8\n\nNAME                                    TAGS\nimagestreamtag.image.openshift.io/a:1   8\n`,
  )
  const empty = { [list]: table([]), [`GET ${NS}/imagestreamtags?limit=500`]: one('a:1') }
  assert.equal((await runCommand(['get', 'is,istag'], empty)).out, 'NAME   TAGS\na:1    8\n')
})

test('a list that there is not says what was asked for', async () => {
  const text = 'Unable to list "image.openshift.io/v1, Resource=imagestreamimages": the server could not find'
  for (const more of [[], ['-o', 'name']]) {
    const { code, err } = await runCommand(['get', 'isimage', ...more])
    assert.equal(code, 1)
    assert.ok(err.startsWith(`Error from server (NotFound): ${text}`), err)
  }
  const { err } = await runCommand(['get', 'isimage', '-l', 'a=b'])
  assert.match(err, /: Unable to find ".*" that match label selector "a=b", field selector "": the server/)
})

test('a list that there is not does not hide the others', async () => {
  const refused = /^Error from server \(NotFound\): Unable to list "[^"]*imagestreamimages": .*\n$/
  const tables = { [list]: table([['ubi', '8', 'x']]) }
  for (const kinds of ['isimage,is', 'is,isimage']) {
    const outcome = await runCommand(['get', kinds], tables)
    assert.deepEqual([outcome.code, outcome.out], [1, 'NAME   TAGS\nubi    8\n'])
    assert.match(outcome.err, refused)
  }
  const objects = { [`LIST ${NS}/imagestreams`]: { metadata: {}, items: [{ metadata: { name: 'ubi' } }] } }
  const named = await runCommand(['get', 'isimage,is', '-o', 'name'], objects)
  assert.deepEqual([named.code, named.out], [1, 'imagestream.image.openshift.io/ubi\n'])
  assert.match(named.err, refused)
})

test('what is missing does not hide what is there', async () => {
  const missing = notFound({ group: 'image.openshift.io', plural: 'imagestreams' }, 'nope')
  const path = `GET ${NS}/imagestreams/`
  const refused = 'Error from server (NotFound): imagestreams.image.openshift.io "nope" not found\n'
  const tables = { [`${path}ubi`]: table([['ubi', '8', 'x']]), [`${path}nope`]: missing }
  const both = await runCommand(['get', 'is', 'nope', 'ubi'], tables)
  assert.deepEqual([both.code, both.out, both.err], [1, 'NAME   TAGS\nubi    8\n', refused])
  const typed = await runCommand(['get', 'is/nope', 'is/ubi'], tables)
  assert.deepEqual([typed.code, typed.out, typed.err], [1, both.out, refused])
  const none = await runCommand(['get', 'is', 'nope'], tables)
  assert.deepEqual([none.code, none.out, none.err], [1, '', refused])
  const objects = { [`${path}ubi`]: { metadata: { name: 'ubi' } }, [`${path}nope`]: missing }
  const names = await runCommand(['get', 'is', 'nope', 'ubi', '-o', 'name'], objects)
  assert.deepEqual([names.code, names.out, names.err], [1, 'imagestream.image.openshift.io/ubi\n', refused])
})

test('-o prints the objects', async () => {
  const stream = { metadata: { name: 'ubi' }, spec: {} }
  const answers = {
    [`LIST ${NS}/imagestreams`]: { metadata: {}, items: [stream] },
    [`GET ${NS}/imagestreams/ubi`]: stream,
  }
  assert.equal((await runCommand(['get', 'is', '-o', 'name'], answers)).out, 'imagestream.image.openshift.io/ubi\n')
  const typed = { apiVersion: 'image.openshift.io/v1', kind: 'ImageStream', ...stream }
  assert.deepEqual(JSON.parse((await runCommand(['get', 'is', 'ubi', '-ojson'], answers)).out), typed)
  const all = JSON.parse((await runCommand(['get', 'is', '-ojson'], answers)).out) as { kind: string; items: object[] }
  assert.deepEqual([all.kind, all.items], ['List', [typed]])
  assert.match((await runCommand(['get', 'is', '-o', 'jsonpath={.x}'], answers)).err, /is not supported here/)
})

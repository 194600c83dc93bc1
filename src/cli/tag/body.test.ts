import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tagBody } from './body.ts'
import { checkTag, parseDestination } from './destination.ts'
import { checkCombination, checkFlags, type RawTagFlags } from './flags.ts'
import { tagMessage } from './message.ts'
import { parseSource } from './source.ts'

const digest = `sha256:${'a'.repeat(64)}`
const raw: RawTagFlags = {
  source: '',
  delete: false,
  alias: false,
  reference: false,
  scheduled: false,
  insecure: false,
  referencePolicy: 'source',
  importMode: '',
}

const make = (source: string, destination: string, flags: Partial<RawTagFlags> = {}) => {
  const checked = checkFlags({ ...raw, ...flags })
  const from = parseSource(source, flags.source ?? '', 'demo')
  const to = parseDestination(destination, 'demo')
  checkCombination(checked, from, [to], 'demo')
  return { body: tagBody(from, to, checked, 'demo'), message: tagMessage(from, to, checked, 'demo') }
}

test('an image of a registry asks for an import', () => {
  assert.deepEqual(
    make('r.io/ubi:8', 'ubi:9', { scheduled: true, insecure: true, importMode: 'PreserveOriginal' }).body,
    {
      kind: 'ImageStreamTag',
      apiVersion: 'image.openshift.io/v1',
      metadata: { name: 'ubi:9', namespace: 'demo' },
      tag: {
        name: '9',
        annotations: null,
        from: { kind: 'DockerImage', name: 'r.io/ubi:8' },
        generation: 0,
        importPolicy: { insecure: true, scheduled: true, importMode: 'PreserveOriginal' },
        referencePolicy: { type: 'Source' },
      },
    },
  )
})

test('an image of a stream is named, with a namespace where it is another one', () => {
  const from = (source: string, destination: string) => make(source, destination).body.tag.from
  const name = `ubi@${digest}`
  assert.deepEqual(from(name, 'ubi:8'), { kind: 'ImageStreamImage', name })
  assert.deepEqual(from(name, 'other/ubi:8'), { kind: 'ImageStreamImage', name, namespace: 'demo' })
  assert.deepEqual(from(`proj/${name}`, 'ubi:8'), { kind: 'ImageStreamImage', name, namespace: 'proj' })
  assert.equal(make(name, 'ubi:8').body.tag.generation, null)
})

test('policies and references go into the tag', () => {
  const { tag } = make('r.io/ubi:8', 'ubi:9', { referencePolicy: 'local', reference: true }).body
  assert.deepEqual([tag.referencePolicy.type, tag.reference, tag.importPolicy.importMode], ['Local', true, 'Legacy'])
})

test('messages name the tag, with its namespace where it is another one', () => {
  const cases: [string, string, Partial<RawTagFlags>, string][] = [
    ['r.io/ubi:8', 'ubi:9', {}, 'Tag ubi:9 set to r.io/ubi:8.'],
    ['r.io/ubi:8', 'other/ubi:9', {}, 'Tag other/ubi:9 set to r.io/ubi:8.'],
    [`proj/ubi@${digest}`, 'ubi:9', {}, `Tag ubi:9 set to proj/ubi@${digest}.`],
    ['r.io/ubi:8', 'ubi:9', { scheduled: true }, 'Tag ubi:9 set to import r.io/ubi:8 periodically.'],
    ['r.io/ubi:8', 'other/ubi:9', { scheduled: true }, 'Tag other/ubi:9 set to r.io/ubi:8 periodically.'],
    ['ubi:8', 'ubi:9', { alias: true }, 'Tag ubi:9 set up to track ubi:8.'],
  ]
  for (const [source, destination, flags, message] of cases)
    assert.equal(make(source, destination, flags).message, message)
})

test('flags that contradict each other are refused in the words of oc', () => {
  const cases: [Partial<RawTagFlags>, string][] = [
    [{ delete: true, alias: true }, '--alias and --delete may not be both specified'],
    [{ referencePolicy: 'Local' }, "reference policy must be set to 'source' or 'local'"],
    [{ delete: true, source: 'istag' }, 'cannot specify a source kind when deleting'],
    [{ delete: true, scheduled: true }, 'cannot set flags for importing images when deleting a tag'],
    [{ delete: true, importMode: 'Legacy' }, 'cannot specify an import mode when deleting'],
    [{ importMode: 'legacy' }, 'valid ImportMode values are Legacy or PreserveOriginal'],
  ]
  for (const [flags, message] of cases) assert.throws(() => checkFlags({ ...raw, ...flags }), { message })
})

test('flags that do not fit source or destination are refused in the words of oc', () => {
  const cases: [string, string, Partial<RawTagFlags>, string][] = [
    [`ubi@${digest}`, 'ubi:8', { insecure: true }, 'only container images can have importing flags set'],
    [
      'r.io/ubi:1',
      'ubi:8',
      { insecure: true, alias: true },
      'cannot set a container image tag as an alias and also set import flags',
    ],
    ['ubi:1', 'other/ubi:8', { alias: true }, 'cannot set alias across different Image Streams'],
    ['ubi:1', 'ruby:8', { alias: true }, 'cannot set alias across different Image Streams'],
  ]
  for (const [source, destination, flags, message] of cases) {
    assert.throws(() => make(source, destination, flags), { message })
  }
})

test('destinations are read leniently, tags strictly', () => {
  assert.deepEqual(parseDestination('ubi:', 'demo'), { namespace: 'demo', text: 'ubi:', stream: 'ubi', tag: 'latest' })
  assert.deepEqual(parseDestination('p/ubi:8', 'demo'), { namespace: 'p', text: 'ubi:8', stream: 'ubi', tag: '8' })
  const bad: [string, RegExp][] = [
    ['ubi', /^"ubi" must be of the form <stream_name>:<tag>$/],
    ['a/b/c:1', /^invalid image stream "a\/b\/c:1"$/],
    ['/ubi:1', /^invalid namespace "" for image stream "\/ubi:1"$/],
    ['p/', /^invalid name "" for image stream "p\/"$/],
  ]
  for (const [text, message] of bad) assert.throws(() => parseDestination(text, 'demo'), { message })
  checkTag('8.0-154_x')
  for (const tag of ['-a', 'a b', 'x'.repeat(129), 'a:b'])
    assert.throws(() => checkTag(tag), /^CommandError: invalid tag/)
})

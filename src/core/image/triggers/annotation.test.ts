import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertLinear, repeated } from '../../../../test/support/linearTime.ts'
import {
  at,
  DEPLOYMENT,
  entry,
  from,
  path,
  planned,
  SET,
  streams,
  workload,
} from '../../../../test/support/triggers.ts'
import { followedStreams, planTrigger } from '../triggers.ts'
import { parseTriggers } from './annotation.ts'

// annotation, what is set, codes, a piece of the messages
const annotations: [string, unknown, string[], string[], RegExp?][] = [
  ['one entry', [entry()], SET, []],
  ['null', 'null', [], []],
  ['an empty list', '[]', [], []],
  [
    'keys in any case',
    [{ FROM: { Kind: 'ImageStreamTag', NAME: 'ubi:8' }, fieldpath: at('c'), PAUSED: false }],
    SET,
    [],
  ],
  ['null values are none', [entry(at('c'), from('ubi:8', { namespace: null }), { paused: null })], SET, []],
  ['an empty text', '', [], ['TriggerAnnotationInvalid'], /it is empty; write a list like/],
  ['broken JSON', '[{]', [], ['TriggerAnnotationInvalid'], /it is no JSON/],
  ['an object', entry(), [], ['TriggerAnnotationInvalid'], /put the object into a list/],
  ['a text', '"x"', [], ['TriggerAnnotationInvalid'], /must be a JSON list, not a text/],
  [
    'an entry that is no object',
    [entry(), 'x'],
    [],
    ['TriggerAnnotationInvalid'],
    /\[1\]: the entry must be an object/,
  ],
  [
    'from that is no object',
    [{ ...entry(), from: 'ubi:8' }],
    [],
    ['TriggerAnnotationInvalid'],
    /from must be an object, not "ubi:8"/,
  ],
  [
    'a name that is no text',
    [entry(at('c'), from('', { name: 8 }))],
    [],
    ['TriggerAnnotationInvalid'],
    /from\.name must be a text, not 8/,
  ],
  ['paused', [entry(at('c'), from(), { paused: true })], [], []],
  [
    'paused as text refuses all',
    [entry(), entry(at('d'), from(), { paused: 'false' })],
    [],
    ['TriggerAnnotationInvalid'],
    /\[1\]\.paused must be true or false, without quotes, not "false"/,
  ],
  [
    'pause is unknown and harmless',
    [entry(at('c'), from(), { pause: 'true' })],
    SET,
    ['TriggerUnknownKey'],
    /"pause" has no effect and does not pause the trigger; did you mean "paused"\?/,
  ],
  [
    'pause false',
    [entry(at('c'), from(), { pause: 'false' })],
    SET,
    ['TriggerUnknownKey'],
    /"pause" has no effect; did you mean "paused"/,
  ],
  [
    'an unknown key in from',
    [entry(at('c'), from('ubi:8', { namspace: 'x' }))],
    SET,
    ['TriggerUnknownKey'],
    /did you mean "from\.namespace"/,
  ],
  [
    'a far-off key',
    [entry(at('c'), from(), { lastTriggeredImage: 'x' })],
    SET,
    ['TriggerUnknownKey'],
    /has no effect$/,
  ],
  [
    'the same path twice',
    [entry(), entry(at('c'), from('ubi:other'))],
    [],
    ['TriggerDuplicate'],
    /also that of trigger \[0\]/,
  ],
  [
    'two spellings of one container',
    [entry(), entry(path('containers[0].image'), from('ubi:other'))],
    ['c=x/y@other'],
    ['TriggerContainerTwice'],
  ],
  ['a null entry', 'null-entry', [], ['TriggerAnnotationInvalid']],
]
for (const [name, value, set, codes, text] of annotations) {
  test(`annotation: ${name}`, () => {
    const result = planned(workload(DEPLOYMENT, value))
    assert.deepEqual([result.set, result.codes], [set, codes])
    if (text) assert.match(result.text, text)
  })
}

const deep = (open: string, close: string): string => open.repeat(50_000) + close.repeat(50_000)
const hostile: [string, string][] = [
  ['lists', deep('[', ']')],
  ['objects', `${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}`],
  ['an unknown key that holds them', `[{"a":${deep('[', ']')}}]`],
  ['a key like paused that holds them', `[{"pause":${deep('[', ']')}}]`],
  ['a key of from that holds them', `[{"from":{"a":${deep('[', ']')}}}]`],
  ['a text that holds them', `[{"fieldPath":${deep('[', ']')}}]`],
  [
    'keys of every object',
    '[{"__proto__":{"paused":true},"constructor":1,"toString":2,"from":{"__proto__":{"name":"a:b"}}}]',
  ],
]
for (const [name, value] of hostile) {
  // One that throws would keep the index of all workloads from being built.
  test(`annotation, nested: ${name}`, () => {
    const object = workload(DEPLOYMENT, value)
    const plan = planTrigger(DEPLOYMENT, object, streams)
    assert.deepEqual(plan.changes, [])
    assert.ok(plan.problems.length > 0 && plan.problems.every(({ message }) => message.length < 1024))
    assert.deepEqual(followedStreams(object), [])
  })
}

test('an annotation of more entries than any pod has containers is refused', () => {
  const entries = Array.from({ length: 1001 }, (_, i) => entry(at(`c${i}`)))
  const { set, codes, text } = planned(workload(DEPLOYMENT, [entry(), ...entries]))
  assert.deepEqual([set, codes], [[], ['TriggerAnnotationInvalid']])
  assert.match(text, /it has 1002 entries; 1000 are the most/)
})

test('an annotation is read in linear time', () => {
  for (const piece of ['[', '{"a":', '{"from":{},"fieldPath":"x"},', '{"pause":1},', '"', '\\', '[1],', '\\u0000'])
    for (const end of ['', '1]'])
      for (const start of ['', '[']) assertLinear(start + piece, parseTriggers, repeated(piece, end, start))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, DEPLOYMENT, entry, from, stream, workload } from '../../../../test/support/triggers.ts'
import type { KubeObject } from '../../machinery/object.ts'
import { planTrigger } from '../triggers.ts'
import { undoneRollbacks } from './undone.ts'

const digest = (c: string) => `sha256:${c.repeat(64)}`
const pull = (c: string, repository = 'quay.io/acme/ubi') => `${repository}@${digest(c)}`

/** A tag that had the images of these letters, newest first; '-' is one without a digest. */
function history(name: string, letters: string, namespace?: string) {
  const made = stream(name, { '8': '' }, namespace)
  made.status.tags![0]!.items = Array.from(letters, (c, i) => ({
    created: null,
    generation: letters.length - i,
    image: c === '-' ? '' : digest(c),
    dockerImageReference: c === '-' ? 'x/y:1' : pull(c),
  }))
  return made
}
const world = [history('ubi', 'cba'), history('back', 'aba'), history('far', 'dc', 'elsewhere'), history('plain', '-a')]
const streams = (namespace: string, name: string) =>
  world.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name)

function told(object: KubeObject, old: KubeObject): string[] {
  return undoneRollbacks(DEPLOYMENT, old, planTrigger(DEPLOYMENT, object, streams).changes, streams)
}
const update = (was: string | undefined, asked: string, triggers: unknown = [entry()]): string[] =>
  told(
    workload(DEPLOYMENT, triggers, { c: asked }),
    workload(DEPLOYMENT, triggers, was === undefined ? {} : { c: was }),
  )

const to = (what: string, c: string) =>
  `to go back, roll the tag back ("millrace rollback ${what} --to-image sha256:${c.repeat(12)}") or pause the trigger`
const keeps = (c: string) => `trigger [0]: container "c" keeps sha256:${c.repeat(12)} of the tag that it follows; `
const on = (name: string, more?: object) => [entry(at('c'), from(name, more))]

const updates: [string, string[], string[]][] = [
  ['the image before', update(pull('c'), pull('b')), [keeps('c') + to('ubi:8 -n ns', 'b')]],
  ['an older one, from another place', update(pull('c'), pull('a', 'mirror/x')), [keeps('c') + to('ubi:8 -n ns', 'a')]],
  [
    'one that the tag has left twice',
    update(pull('a'), pull('b'), on('back:8')),
    [keeps('a') + to('back:8 -n ns', 'b')],
  ],
  [
    'that of a stream elsewhere',
    update(pull('d'), pull('c'), on('far:8', { namespace: 'elsewhere' })),
    [keeps('d') + to('far:8 -n elsewhere', 'c')],
  ],
  ['a new container', update(undefined, pull('b')), [keeps('c') + to('ubi:8 -n ns', 'b')]],
  ['the placeholder of the manifest', update(pull('c'), 'web:dev'), []],
  ['a blank', update(pull('c'), ' '), []],
  ['an image that the tag never had', update(pull('c'), pull('f')), []],
  ['today’s image from another place', update(pull('a'), pull('a', 'mirror/x'), on('back:8')), []],
  ['what is stored, while the tag has moved on', update(pull('b'), pull('b')), []],
  ['today’s image', update(pull('b'), pull('c')), []],
  [
    'an older one under a trigger that pauses',
    update(pull('c'), pull('b'), [entry(at('c'), from(), { paused: true })]),
    [],
  ],
]
for (const [what, actual, expected] of updates)
  test(`${what}: ${expected.length > 0 ? 'the writer is told how to go back' : 'not a word'}`, () =>
    assert.deepEqual(actual, expected))

test('a tag that is a mere reference now has no digest to tell: its pull spec is', () => {
  assert.deepEqual(update('x/y:1', pull('a'), on('plain:8')), [
    `trigger [0]: container "c" keeps "x/y:1" of the tag that it follows; ${to('plain:8 -n ns', 'a')}`,
  ])
})

test('init containers are compared with init containers, and each is told of', () => {
  const triggers = [entry(), entry(at('i'))]
  const [now, before] = ['b', 'c'].map((c) => workload(DEPLOYMENT, triggers, { c: pull(c) }, { i: pull(c) }))
  assert.deepEqual(
    told(now!, before!).map((text) => /container "\w"/.exec(text)?.[0]),
    ['container "c"', 'container "i"'],
  )
})

test('what is told fits into a warning of Kubernetes, which may cut it at 256 characters', () => {
  const [text = ''] = update(pull('c'), pull('b'))
  assert.ok(`image.openshift.io/triggers: ${text}`.length < 240)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertLinear, repeated } from '../../../../test/support/linearTime.ts'
import { parseFieldPath, suggestPath } from './fieldPath.ts'
import { at, DEPLOYMENT, entry, path, planned, PULL, SET, workload } from '../../../../test/support/triggers.ts'

const I = [`init i=${PULL}`]
const paths: [string, string, string[], string[], RegExp?][] = [
  ['by name', at('c'), SET, []],
  ['an init container by name', at('i', 'initContainers'), I, []],
  ['an init container named under containers', at('i'), I, []],
  ['a container named under initContainers', at('c', 'initContainers'), SET, []],
  ['by position', path('containers[0].image'), SET, []],
  ['an init container by position', path('initContainers[0].image'), I, []],
  ['without dot after the bracket', path('containers[0]image'), SET, []],
  ['without closing decoration', path('containers[?(@.name=="c].image'), SET, []],
  ['without opening decoration', path('containers[c")].image'), SET, []],
  [
    'without any decoration',
    path('containers[c].image'),
    [],
    ['TriggerFieldPathInvalid'],
    /"c" selects no container; did you mean/,
  ],
  [
    'a position that no list has',
    path(`containers[${'9'.repeat(400)}].image`),
    [],
    ['TriggerFieldPathInvalid'],
    /"9{20,}… selects no container/,
  ],
  [
    'position out of range',
    path('containers[3].image'),
    [],
    ['TriggerContainerNotFound'],
    /no containers\[3\]: positions count from 0, there are 2/,
  ],
  ['negative position', path('containers[-1].image'), [], ['TriggerContainerNotFound']],
  [
    'single quotes',
    path(`containers[?(@.name=='c')].image`),
    [],
    ['TriggerFieldPathInvalid'],
    /did you mean "spec\.template\.spec\.containers\[\?\(@\.name==\\"c\\"\)\]\.image"/,
  ],
  ['single equals sign', path('containers[?(@.name="c")].image'), [], ['TriggerContainerNotFound']],
  ['blanks', path('containers[?( @.name == "c" )].image'), [], ['TriggerFieldPathInvalid'], /did you mean/],
  ['JSONPath braces', `{.${at('c')}}`, [], ['TriggerFieldPathIgnored'], /did you mean/],
  ['JSONPath root', `$.${at('c')}`, [], ['TriggerFieldPathIgnored']],
  [
    'the base of another kind',
    path('containers[0].image', 'spec.jobTemplate.spec.template.spec'),
    [],
    ['TriggerFieldPathIgnored'],
  ],
  ['another field', path('containers[0].name'), [], ['TriggerFieldPathInvalid'], /only the field image/],
  ['two dots', path('containers[0]..image'), [], ['TriggerFieldPathInvalid']],
  ['ephemeral containers', path('ephemeralContainers[0].image'), [], ['TriggerFieldPathInvalid']],
  ['no bracket', path('containers[0.image'), [], ['TriggerFieldPathInvalid'], /"\]" is missing/],
  [
    'a misspelt container',
    at('sidcar'),
    [],
    ['TriggerContainerNotFound'],
    /no container "sidcar"; did you mean "sidecar"\?/,
  ],
  ['an unknown container', at('database'), [], ['TriggerContainerNotFound'], /there is "i", "c", "sidecar"/],
  ['an empty path', '', [], ['TriggerFieldPathIgnored']],
]
for (const [name, fieldPath, set, codes, text] of paths) {
  test(`fieldPath: ${name}`, () => {
    const result = planned(workload(DEPLOYMENT, [entry(fieldPath)], { c: 'start', sidecar: 's' }, { i: 'start' }))
    assert.deepEqual([result.set, result.codes], [set, codes])
    if (text) assert.match(result.text, text)
  })
}

test('a path is read, and what was meant is found, in linear time', () => {
  const containers = ['c', 'd'].map((name, index) => ({ list: 'containers' as const, index, name, image: 'x' }))
  const base = 'spec.template.spec.containers['
  for (const piece of [
    '=',
    '= ',
    '.',
    'name',
    'name=',
    'name = .',
    'ontainers',
    'ontainers[.',
    '9',
    '?(@.name=="',
    '")',
  ]) {
    for (const end of ['', '!', '].image']) {
      const read = (text: string) => parseFieldPath(DEPLOYMENT, base + text)
      assertLinear(`path of ${piece}`, read, repeated(piece, end))
      const suggest = (text: string) => suggestPath(DEPLOYMENT, text, containers)
      assertLinear(`meant by ${piece}`, suggest, repeated(piece, end, 'name'))
    }
  }
})

test('a message names a few containers of many', () => {
  const many = Array.from({ length: 500 }, (_, i) => [`container-${i}`, 'start'])
  const { text } = planned(workload(DEPLOYMENT, [entry(at('elsewhere'))], Object.fromEntries(many)))
  assert.match(text, /there is "container-0", .*"container-9" and 490 more$/)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  deleteOptions,
  dryRun,
  fieldValidation,
  isWatch,
  listOptions,
  selectedName,
  timeoutSeconds,
  watchOptions,
} from './options.ts'

const query = (text: string): URLSearchParams => new URLSearchParams(text)

test('list options are taken from the query; empty ones do not count', () => {
  assert.deepEqual(
    listOptions(query('limit=5&continue=abc&labelSelector=&resourceVersion=7&resourceVersionMatch=Exact')),
    {
      limit: 5,
      continue: 'abc',
      resourceVersion: '7',
      resourceVersionMatch: 'Exact',
    },
  )
  for (const none of ['0', '-1']) assert.deepEqual(listOptions(query(`limit=${none}`)), {})
  assert.equal(listOptions(query('limit=99999999')).limit, 10_000)
})

const deleteQuery = (q: URLSearchParams): unknown => deleteOptions(q)

const broken: [string, (q: URLSearchParams) => unknown, RegExp][] = [
  ['limit=1.5', listOptions, /limit must be a whole number/],
  [
    'resourceVersionMatch=Sometimes',
    listOptions,
    /^ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Sometimes": supported values: "Exact", "NotOlderThan"$/,
  ],
  ['fieldValidation=Maybe', (q) => fieldValidation('update', q), /^UpdateOptions.* "Ignore", "Warn", "Strict"$/],
  ['resourceVersionMatch=Exact&resourceVersion=1', watchOptions, /forbidden for watch/],
  ['sendInitialEvents=true', watchOptions, /requires setting resourceVersionMatch/],
  ['sendInitialEvents=false', watchOptions, /requires setting resourceVersionMatch/],
  [
    'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&continue=x',
    watchOptions,
    /forbidden when continue is provided/,
  ],
  ['sendInitialEvents=false', listOptions, /sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list/],
  ['propagationPolicy=Sideways', deleteQuery, /^DeleteOptions.* "Background", "Foreground", "Orphan"$/],
  ['dryRun=Some', (q) => dryRun('create', q.getAll('dryRun')), /^CreateOptions.* "All"$/],
]
for (const [text, parse, message] of broken)
  test(`?${text} is refused`, () => assert.throws(() => parse(query(text)), { message }))

test('the name that is selected is one that can be in a path', () => {
  const cases: [fields: string, name: string][] = [
    ['metadata.name=a', 'a'],
    ['metadata.name==a,spec.color=red', 'a'],
    ['metadata.name!=a', ''],
    ['metadata.name!=a,metadata.name=b', 'b'],
    ['spec.name=a', ''],
    ['metadata.name=', ''],
    ['metadata.name=..', ''],
    ['metadata.name=a/b', ''],
    ['metadata.name=a%2Fb', ''],
  ]
  for (const [fields, name] of cases) assert.equal(selectedName(new URLSearchParams({ fieldSelector: fields })), name)
  assert.equal(selectedName(query('')), '')
})

test('the body of a deletion wins over its query', () => {
  assert.deepEqual(
    deleteOptions(query('gracePeriodSeconds=5&propagationPolicy=Orphan'), {
      gracePeriodSeconds: 0,
      propagationPolicy: 'Background',
      preconditions: { uid: 'u', resourceVersion: '3' },
      dryRun: ['All'],
    }),
    { dryRun: true, gracePeriodSeconds: 0, propagationPolicy: 'Background', uid: 'u', resourceVersion: '3' },
  )
})

test('flags are true unless they say otherwise', () => {
  const cases: [string, boolean][] = [
    ['', false],
    ['watch', false],
    ['watch=1', true],
    ['watch=true', true],
    ['watch=false', false],
    ['watch=0', false],
  ]
  for (const [text, wanted] of cases) assert.equal(isWatch(query(text)), wanted, text)
})

test('a timeout beyond what a timer can count is cut, and reading verbs care for no dry run', () => {
  assert.equal(timeoutSeconds(query('timeoutSeconds=9999999999')), 2_000_000)
  assert.equal(dryRun('list', ['Some']), false)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countNames, countOf, countText, isScoped } from './quota.ts'

test('a kind is counted under its whole name, and some kinds under an older one, too', () => {
  const cases: [group: string, plural: string, string[]][] = [
    ['', 'serviceaccounts', ['count/serviceaccounts']],
    ['apps', 'deployments', ['count/deployments.apps']],
    ['', 'secrets', ['count/secrets', 'secrets']],
    ['', 'configmaps', ['count/configmaps', 'configmaps']],
    ['', 'resourcequotas', ['count/resourcequotas', 'resourcequotas']],
    ['', 'pods', ['count/pods', 'pods']],
    ['example.com', 'secrets', ['count/secrets.example.com']],
    ['image.openshift.io', 'imagestreams', ['count/imagestreams.image.openshift.io', 'openshift.io/imagestreams']],
    ['', 'events', []],
    ['events.k8s.io', 'events', []],
  ]
  for (const [group, plural, expected] of cases) assert.deepEqual(countNames({ group, plural }), expected)
})

test('a quota with a scope of either form is scoped', () => {
  const scoped = (spec: object) => isScoped({ metadata: {}, spec })
  assert.equal(scoped({ scopes: ['BestEffort'] }), true)
  assert.equal(scoped({ scopeSelector: { matchExpressions: [{}] } }), true)
  for (const spec of [{}, { scopes: [] }, { scopeSelector: {} }]) assert.equal(scoped(spec), false)
})

test('counts are read from quantities of every form, and written in the canonical one', () => {
  for (const [text, count] of [
    ['0', 0],
    ['7', 7],
    ['1k', 1000],
    ['2e3', 2000],
    ['1Ki', 1024],
  ] as const)
    assert.equal(countOf(text), count)
  for (const [count, text] of [
    [0, '0'],
    [999, '999'],
    [1000, '1k'],
    [1001, '1001'],
  ] as const)
    assert.equal(countText(count), text)
})

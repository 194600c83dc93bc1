import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describe } from '../fieldError.ts'
import { matchesLabelSelector, validateLabelSelector, type LabelSelector } from './labelSelector.ts'

test('label selectors select', () => {
  const expression = (operator: string, ...values: string[]): LabelSelector => ({
    matchExpressions: [{ key: 'a', operator, values }],
  })
  const cases: [LabelSelector | null | undefined, Record<string, string>, boolean][] = [
    [undefined, {}, false],
    [null, {}, false],
    [{}, { any: 'thing' }, true],
    [{ matchLabels: { a: '1' } }, { a: '1', b: '2' }, true],
    [{ matchLabels: { a: '1', b: '1' } }, { a: '1', b: '2' }, false],
    [{ matchLabels: { a: '' } }, {}, false],
    [expression('In', '1', '2'), { a: '2' }, true],
    [expression('NotIn', '1'), {}, true],
    [expression('Exists'), {}, false],
    [expression('DoesNotExist'), {}, true],
    [expression('constructor'), { a: '1' }, false],
    [{ matchLabels: { a: '1' }, matchExpressions: [{ key: 'b', operator: 'Exists' }] }, { a: '1' }, false],
  ]
  for (const [selector, labels, expected] of cases) {
    assert.equal(matchesLabelSelector(selector, labels), expected, JSON.stringify(selector))
  }
})

test('label selectors are checked', () => {
  assert.deepEqual(
    validateLabelSelector({ matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'Exists' }] }, 's'),
    [],
  )
  const errors = validateLabelSelector(
    {
      matchExpressions: [
        { key: 'a', operator: 'In' },
        { key: 'a', operator: 'Exists', values: ['x'] },
        { key: 'a', operator: 'Is', values: ['x'] },
      ],
    },
    'spec.selector',
  )
  assert.deepEqual(errors.map(describe), [
    "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
    "spec.selector.matchExpressions[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
    'spec.selector.matchExpressions[2].operator: Invalid value: "Is": not a valid selector operator',
  ])
  assert.equal(validateLabelSelector({ matchLabels: { 'a b': '' } }, 's')[0]?.field, 's.matchLabels')
})

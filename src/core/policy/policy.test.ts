import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { digest, stream, tag } from '../../../test/support/imageObjects.ts'
import { FILTER, IGNORE, MIN_AGE, POLICY, PRERELEASE } from '../image/annotations.ts'
import { policyId, policyOf, readPolicy } from './policy.ts'

const following = (annotations: Record<string, string>, from = 'quay.io/acme/app:1') => tag('v1', from, { annotations })
const problemOf = (annotations: Record<string, string>): string => {
  const read = readPolicy(annotations)
  return 'problem' in read ? read.problem : ''
}

describe('what is wrong with a policy is said with what to do', () => {
  const cases: [Record<string, string>, RegExp][] = [
    [{ [POLICY]: 'newest' }, /^the annotation millrace\.dev\/policy is "newest": it must be semver:RANGE/],
    [{ [POLICY]: 'semver', [FILTER]: '^v.*$' }, /millrace\.dev\/filter is .*no regular expression/],
    [{ [POLICY]: 'semver', [IGNORE]: 'a,{version}' }, /millrace\.dev\/ignore is .*belongs into the filter/],
    [{ [POLICY]: 'semver', [IGNORE]: 'a '.repeat(9) }, /may name 8 patterns/],
    [{ [POLICY]: 'semver', [PRERELEASE]: 'yes' }, /must be "true" or "false"/],
    [{ [POLICY]: 'semver', [MIN_AGE]: '1 day' }, /must be a duration from 1m to 8760h/],
    [{ [POLICY]: 'semver', [MIN_AGE]: '1s' }, /must be a duration from 1m to 8760h/],
  ]
  for (const [annotations, message] of cases)
    test(JSON.stringify(annotations).slice(0, 70), () => assert.match(problemOf(annotations), message))

  test('and no more of it is repeated than fits a line', () =>
    assert.ok(problemOf({ [POLICY]: 'x'.repeat(100_000) }).length < 250))
})

test('a tag has a policy where it comes from a registry, and is more than a pointer', () => {
  const annotations = { [POLICY]: 'semver' }
  const of = (each: ReturnType<typeof tag>) => policyOf(stream([each]), each)
  assert.ok('policy' in of(following(annotations))!)
  assert.equal(of(following({})), undefined)
  assert.equal(of({ ...following(annotations), reference: true }), undefined)
  assert.equal(of(tag('v1', { kind: 'ImageStreamTag', name: 'o:v1' }, { annotations })), undefined)
  const pinned = of(following(annotations, `quay.io/acme/app@${digest('a')}`))!
  assert.match('problem' in pinned ? pinned.problem : '', /names a digest/)
})

test('a stream may have 64', () => {
  const many = stream(
    Array.from({ length: 65 }, (_, i) => tag(`v${100 + i}`, 'a/b', { annotations: { [POLICY]: 'semver' } })),
  )
  const problems = many.spec.tags!.filter((each) => 'problem' in policyOf(many, each)!)
  assert.deepEqual(
    problems.map(({ name }) => name),
    ['v164'],
  )
})

test('it is another one when its source, order or filters are, not when the cool-down is', () => {
  const id = policyId(following({ [POLICY]: 'semver' }))
  assert.equal(policyId(following({ [POLICY]: 'semver', [MIN_AGE]: '24h' })), id)
  assert.notEqual(policyId(following({ [POLICY]: 'semver' }, 'quay.io/acme/other')), id)
  for (const key of [FILTER, IGNORE, PRERELEASE])
    assert.notEqual(policyId(following({ [POLICY]: 'semver', [key]: 'x' })), id)
  assert.equal(policyId(following({})), undefined)
})

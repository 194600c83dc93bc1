import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FakeCluster } from '../../test/support/fakeCluster.ts'
import type { PolicyRule } from '../core/image/workloads/access.ts'
import type { Manifest } from './manifest.ts'
import { beyond, transitionalRoles } from './transition.ts'

const rule = (resources: string[], verbs: string[], more: Partial<PolicyRule> = {}): PolicyRule => ({
  apiGroups: ['g'],
  resources,
  verbs,
  ...more,
})
const READ = ['get', 'list']
const PODS = rule(['pods'], READ)

describe('of the rules that are there those stay that give more than what is wanted', () => {
  const table: [string, unknown, PolicyRule, boolean][] = [
    ['the same', PODS, PODS, false],
    ['fewer verbs', rule(['pods'], ['get']), PODS, false],
    ['more verbs', rule(['pods'], [...READ, 'watch']), PODS, true],
    ['fewer resources', PODS, rule(['jobs', 'pods'], READ), false],
    ['more resources', rule(['jobs', 'pods'], READ), PODS, true],
    ['another group', rule(['pods'], READ, { apiGroups: ['h'] }), PODS, true],
    ['one name, where all are wanted', rule(['pods'], READ, { resourceNames: ['a'] }), PODS, false],
    ['all names, where one is wanted', PODS, rule(['pods'], READ, { resourceNames: ['a'] }), true],
    [
      'another name',
      rule(['pods'], READ, { resourceNames: ['b'] }),
      rule(['pods'], READ, { resourceNames: ['a'] }),
      true,
    ],
    ['everything', rule(['*'], ['*']), PODS, true],
    ['URLs', { nonResourceURLs: ['/x'], verbs: ['get'] }, PODS, true],
  ]
  test('and what is wanted beside URLs', () => {
    const urls = { nonResourceURLs: ['/x'], verbs: ['get'] } as unknown as PolicyRule
    assert.deepEqual(beyond([PODS], [urls]), [PODS])
  })
  for (const [name, found, wanted, stays] of table)
    test(name, () => assert.deepEqual(beyond([found as PolicyRule], [wanted]), stays ? [found] : []))
})

describe('roles of two versions', () => {
  const OURS = { 'app.kubernetes.io/name': 'millrace', 'app.kubernetes.io/managed-by': 'millrace' }
  const role = (rules: readonly PolicyRule[], labels: Record<string, string> = OURS): Manifest => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'r', labels },
    rules,
  })
  const wanted = role([rule(['jobs'], READ)])
  const beside = (found: Manifest) => {
    const fake = new FakeCluster()
    fake.put('clusterroles', found)
    return transitionalRoles(fake, [wanted])
  }

  test('have what either gives', async () =>
    assert.deepEqual(await beside(role([PODS])), [role([PODS, rule(['jobs'], READ)])]))
  test('do not change where all that is wanted is there', async () => {
    const both = role([PODS, rule(['jobs'], READ)])
    assert.deepEqual(await beside(both), [both])
  })
  test('do not have more and more: the oldest count', async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => rule([`r${i}`], READ))
    assert.deepEqual(await beside(role(many)), [role([...many.slice(0, 200), rule(['jobs'], READ)])])
  })
  test('have what is wanted, also where that is among those that do not count any more', async () => {
    const many = Array.from({ length: 200 }, (_, i) => rule([`r${i}`], READ))
    const jobs = rule(['jobs'], READ)
    assert.deepEqual(await beside(role([...many, jobs])), [role([...many, jobs])])
  })
  test('are none where nothing goes', async () => assert.deepEqual(await beside(wanted), []))
  test('are none where nothing is there', async () =>
    assert.deepEqual(await transitionalRoles(new FakeCluster(), [wanted]), []))
  test('are none of what others have made', async () => assert.deepEqual(await beside(role([PODS], {})), []))
})

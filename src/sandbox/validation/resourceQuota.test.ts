import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describe as text } from '../../core/machinery/fieldError.ts'
import type { ResourceQuota } from '../types/resourceQuota.ts'
import { validateQuotaStatus, validateResourceQuota } from './resourceQuota.ts'

type Spec = ResourceQuota['spec']
const quota = (spec: Spec, status: ResourceQuota['status'] = {}): ResourceQuota => ({ metadata: {}, spec, status })
const selector = (scopeName: string, operator: string, values?: string[]): Spec => ({
  scopeSelector: { matchExpressions: [{ scopeName, operator, ...(values && { values }) }] },
})

describe('a ResourceQuota', () => {
  const UNKNOWN = ['must be a standard resource type or fully qualified', 'must be a standard resource for quota']
  const KEY =
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
  const S = 'spec.scopeSelector.matchExpressions'
  const cases: [string, Spec, string[]][] = [
    ['may be empty', {}, []],
    [
      'limits what Kubernetes knows, and anything of another domain',
      {
        hard: {
          cpu: '1500m',
          'limits.memory': '1Gi',
          'requests.nvidia.com/gpu': '4',
          'hugepages-2Mi': '4Mi',
          pods: '4',
          'services.nodeports': '0',
          'count/deployments.apps': '1k',
          'openshift.io/imagestreams': '2',
        },
      },
      [],
    ],
    ['must know the name', { hard: { foo: '1' } }, UNKNOWN.map((u) => `spec.hard[foo]: Invalid value: "foo": ${u}`)],
    [
      'knows storage only as requests',
      { hard: { storage: '1' } },
      [`spec.hard[storage]: Invalid value: "storage": ${UNKNOWN[1]}`],
    ],
    ['must have names', { hard: { 'a/b c': '1' } }, [`spec.hard[a/b c]: Invalid value: "a/b c": name part ${KEY}`]],
    [
      'must not limit to less than nothing',
      { hard: { cpu: '-1' } },
      ['spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0'],
    ],
    ...['pods', 'openshift.io/imagestreams', 'count/secrets'].map((name): [string, Spec, string[]] => [
      `must limit ${name} to a whole number`,
      { hard: { [name]: '1500m' } },
      [`spec.hard[${name}]: Invalid value: "1500m": must be an integer`],
    ]),
    ['may be for some pods', { hard: { pods: '1', cpu: '1' }, scopes: ['NotTerminating', 'NotBestEffort'] }, []],
    ['must know the scope', { scopes: ['Best'] }, ['spec.scopes: Invalid value: ["Best"]: unsupported scope']],
    [
      'must not take its scope from everywhere',
      { scopes: ['constructor'] },
      ['spec.scopes: Invalid value: ["constructor"]: unsupported scope'],
    ],
    [
      'must have a scope that fits what is limited',
      { hard: { pods: '1', secrets: '1' }, scopes: ['BestEffort'] },
      ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ],
    [
      'must not have scopes that exclude each other',
      { scopes: ['Terminating', 'NotTerminating'] },
      ['spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes'],
    ],
    ['may be for a priority', { hard: { pods: '1' }, ...selector('PriorityClass', 'In', ['high']) }, []],
    [
      'must say which priority',
      selector('PriorityClass', 'In'),
      [
        `${S}.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
      ],
    ],
    [
      'must not say a value where none belongs',
      selector('BestEffort', 'Exists', ['a']),
      [
        `${S}.values: Invalid value: ["a"]: must be no value when \`operator\` is 'Exist' or 'DoesNotExist' for scope selector`,
      ],
    ],
    [
      'must know the operator',
      selector('PriorityClass', 'Is'),
      [`${S}.operator: Invalid value: "Is": not a valid selector operator`],
    ],
    [
      'must know the scope of a condition',
      selector('Best', 'Exists'),
      [`${S}.scopeName: Invalid value: "Best": unsupported scope`],
    ],
  ]
  for (const [name, spec, expected] of cases)
    test(name, () => assert.deepEqual(validateResourceQuota(quota(spec)).map(text), expected))

  test('of scopes without values has conditions without values', () => {
    const [error] = validateResourceQuota(quota(selector('Terminating', 'DoesNotExist')))
    assert.match(text(error!), /operator: Invalid value: "DoesNotExist": must be 'Exists' when scope is any of/)
  })

  test('of conditions that do not fit says so', () => {
    const errors = (spec: Spec) =>
      validateResourceQuota(quota(spec)).map((e) => `${e.field}: ${e.message.split(': ').at(-1)}`)
    const hard = { secrets: '1' }
    assert.deepEqual(errors({ hard, ...selector('BestEffort', 'Exists') }), [
      `${S}: unsupported scope applied to resource`,
    ])
    const matchExpressions = ['BestEffort', 'NotBestEffort'].map((scopeName) => ({ scopeName, operator: 'Exists' }))
    assert.deepEqual(errors({ scopeSelector: { matchExpressions } }), [`${S}: conflicting scopes`])
  })

  test('keeps its scopes, in any order', () => {
    const old = quota({ scopes: ['NotTerminating', 'NotBestEffort'] })
    assert.deepEqual(validateResourceQuota(quota({ scopes: ['NotBestEffort', 'NotTerminating'] }), old), [])
    assert.deepEqual(validateResourceQuota(quota({}), old).map(text), [
      'spec.scopes: Invalid value: []: field is immutable',
    ])
  })

  test('has a status of the same names and amounts', () => {
    const wrong = validateQuotaStatus(quota({}, { hard: { foo: '1' }, used: { secrets: '-1' } })).map(text)
    assert.deepEqual(wrong, [
      ...UNKNOWN.map((u) => `status.hard[foo]: Invalid value: "foo": ${u}`),
      'status.used[secrets]: Invalid value: "-1": must be greater than or equal to 0',
    ])
    assert.deepEqual(validateQuotaStatus(quota({}, { hard: { secrets: '1' }, used: { secrets: '0' } })), [])
  })
})

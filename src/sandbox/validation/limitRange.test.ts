import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describe as text } from '../../core/machinery/fieldError.ts'
import type { LimitRange } from '../types/limitRange.ts'
import { validateLimitRange } from './limitRange.ts'

describe('a LimitRange', () => {
  const L = 'spec.limits[0]'
  const cases: [string, LimitRange['spec']['limits'], string[]][] = [
    ['may be empty', [], []],
    ['may limit what is not of Kubernetes', [{ type: 'openshift.io/Image', max: { storage: '1Gi' } }], []],
    [
      'must name a known type',
      [{ type: 'Image' }],
      [`${L}.type: Invalid value: "Image": must be a standard limit type or fully qualified`],
    ],
    ['must name each type once', [{ type: 'Pod' }, { type: 'Pod' }], ['spec.limits[1].type: Duplicate value: "Pod"']],
    ['has its amounts in order', [{ type: 'Pod', min: { cpu: '1' }, max: { cpu: '1000m' } }], []],
    [
      'must not have less at most than at least',
      [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1500m' } }],
      [`${L}.min[cpu]: Invalid value: "2": min value 2 is greater than max value 1500m`],
    ],
    [
      'must not default to more than allowed',
      [{ type: 'Container', default: { memory: '2Gi' }, max: { memory: '1Gi' } }],
      [`${L}.default[memory]: Invalid value: "2Gi": default value 2Gi is greater than max value 1Gi`],
    ],
    [
      'has no defaults for pods',
      [{ type: 'Pod', default: { cpu: '1' }, defaultRequest: { cpu: '1' } }],
      [
        `${L}.default: Forbidden: may not be specified when \`type\` is 'Pod'`,
        `${L}.defaultRequest: Forbidden: may not be specified when \`type\` is 'Pod'`,
      ],
    ],
  ]
  for (const [name, limits, expected] of cases)
    test(name, () => assert.deepEqual(validateLimitRange({ metadata: {}, spec: { limits } }).map(text), expected))
})

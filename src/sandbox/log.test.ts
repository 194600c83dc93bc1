import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { decode } from '../core/machinery/decode/decode.ts'
import { podLog } from './log.ts'
import { podStatusOf } from './simulation/podState.ts'
import { Pod } from './types/pod.ts'

const digest = `sha256:${'a'.repeat(64)}`
function pod(...containers: object[]): Pod {
  const { object } = decode(Pod, {
    metadata: { name: 'p', namespace: 'n' },
    spec: { containers, restartPolicy: 'Always' },
  })
  object.status = podStatusOf(object, '2026-01-01T00:00:00Z', '10.0.0.1')
  return object
}
const q = (text = ''): URLSearchParams => new URLSearchParams(text)

describe('the log', () => {
  const one = pod({ name: 'c', image: `r/x@${digest}`, command: ['echo', "it's"], args: ['a'] })
  test('says that nothing runs, and what would', () => {
    assert.deepEqual(podLog(one, q()).split('\n'), [
      'This is the sandbox of Millrace: no container runs here. On a cluster this one would:',
      'pod: n/p',
      'container: c',
      `image: r/x@${digest}`,
      'repository: r/x',
      `digest: ${digest}`,
      `command: echo 'it'\\''s'`,
      'args: a',
      '',
    ])
  })
  test('can be cut', () => {
    assert.equal(podLog(one, q('tailLines=1')), 'args: a\n')
    assert.equal(podLog(one, q('tailLines=0')), '')
    assert.equal(podLog(one, q('limitBytes=4')), 'This')
    assert.match(podLog(one, q('timestamps=true')), /^2026-01-01T00:00:00Z This/)
  })
  const two = pod({ name: 'a', image: 'x' }, { name: 'b', image: 'a//b' })
  const refused: [string, string, RegExp][] = [
    ['needs a container', '', /a container name must be specified for pod p, choose one of: \[a b\]/],
    ['needs one that exists', 'container=z', /container z is not valid for pod p/],
    [
      'needs one that started',
      'container=b',
      /container "b" in pod "p" is waiting to start: invalid image name: "a\/\/b"/,
    ],
    ['has no former life', 'container=a&previous=true', /previous terminated container "a" in pod "p" not found/],
  ]
  for (const [name, query, message] of refused) test(name, () => assert.throws(() => podLog(two, q(query)), message))
})

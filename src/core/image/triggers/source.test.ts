import assert from 'node:assert/strict'
import { test } from 'node:test'
import { at, DEPLOYMENT, DIGEST, entry, from, planned, SET, workload } from '../../../../test/support/triggers.ts'

const sources: [string, object, string[], string[], RegExp?][] = [
  ['no tag after the colon', from('ubi:'), ['c=quay.io/acme/ubi@latest'], []],
  ['another namespace', from('far:1', { namespace: 'elsewhere' }), ['c=far/image@1'], []],
  ['the API version of the group', from('ubi:8', { apiVersion: 'image.openshift.io/v1' }), SET, []],
  ['another API version', from('ubi:8', { apiVersion: 'v2' }), [], ['TriggerKindUnsupported']],
  [
    'another kind',
    from('ubi:8', { kind: 'DockerImage' }),
    [],
    ['TriggerKindUnsupported'],
    /"DockerImage" cannot be followed, only ImageStreamTag can$/,
  ],
  [
    'a misspelt kind',
    from('ubi:8', { kind: 'ImageStreamtag' }),
    [],
    ['TriggerKindUnsupported'],
    /did you mean "ImageStreamTag"/,
  ],
  [
    'a short name as kind',
    from('ubi:8', { kind: 'istag' }),
    [],
    ['TriggerKindUnsupported'],
    /did you mean "ImageStreamTag"/,
  ],
  ['no kind', { name: 'ubi:8' }, SET, ['TriggerKindMissing']],
  ['no tag', from('ubi'), [], ['TriggerNameInvalid'], /did you mean "ubi:latest"/],
  ['no name', from(''), [], ['TriggerNameInvalid'], /from\.name is missing/],
  ['an image', from(`ubi@${DIGEST}`), [], ['TriggerNameInvalid'], /names an image/],
  ['a pull specification', from('quay.io/acme/ubi:8'), [], ['TriggerNameInvalid'], /that is a pull specification/],
  [
    'a namespace in the name',
    from('elsewhere/far:1'),
    [],
    ['TriggerNameInvalid'],
    /from\.namespace: \{"namespace":"elsewhere","name":"far:1"\}/,
  ],
  ['no such stream', from('nope:1'), [], ['TriggerStreamNotFound'], /waiting for image stream "ns\/nope"/],
  ['no such tag', from('ubi:lates'), [], ['TriggerTagNotFound'], /did you mean "latest"/],
]
for (const [name, source, set, codes, text] of sources) {
  test(`source: ${name}`, () => {
    const result = planned(workload(DEPLOYMENT, [entry(at('c'), source)]))
    assert.deepEqual([result.set, result.codes], [set, codes])
    if (text) assert.match(result.text, text)
  })
}

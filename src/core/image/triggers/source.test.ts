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
  [
    'a stream whose name is too long',
    from(`${'s'.repeat(254)}:1`),
    [],
    ['TriggerNameInvalid'],
    /cannot be longer than 255/,
  ],
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
  [
    'a stream in capitals',
    from('UBI:8'),
    [],
    ['TriggerNameInvalid'],
    /from\.name "UBI:8": no image stream can be called "UBI"; did you mean "ubi:8"\?$/,
  ],
  ['a stream in capitals, no tag', from('Ubi:'), [], ['TriggerNameInvalid'], /did you mean "ubi:"\?$/],
  [
    'a stream that cannot be',
    from('__proto__:8'),
    [],
    ['TriggerNameInvalid'],
    /no image stream can be called "__proto__"; names of streams are lower case letters and digits, with single/,
  ],
  [
    'a namespace in capitals',
    from('ubi:8', { namespace: 'NS' }),
    [],
    ['TriggerNameInvalid'],
    /from\.namespace "NS": no namespace can be called that; did you mean "ns"\?$/,
  ],
  [
    'a namespace that cannot be',
    from('ubi:8', { namespace: '../../x' }),
    [],
    ['TriggerNameInvalid'],
    /from\.namespace "\.\.\/\.\.\/x": no namespace can be called that; names of namespaces are at most 63/,
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

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'

const NS = '/apis/image.openshift.io/v1/namespaces/demo'
const digest = `sha256:${'a'.repeat(64)}`
const tagBody = (metadata: object, tag: object) => ({
  kind: 'ImageStreamTag',
  apiVersion: 'image.openshift.io/v1',
  metadata,
  tag: { name: '', annotations: {}, generation: null, importPolicy: {}, referencePolicy: { type: '' }, ...tag },
  generation: 0,
  lookupPolicy: { local: false },
  image: { metadata: {}, dockerImageMetadata: null },
})

test('a stream is posted bare', async () => {
  const answers = { [`POST ${NS}/imagestreams`]: { metadata: { name: 'ubi' } } }
  const outcome = await runCommand(['create', 'is', 'ubi', '--lookup-local'], answers)
  assert.deepEqual([outcome.code, outcome.out], [0, 'imagestream.image.openshift.io/ubi created\n'])
  assert.deepEqual((outcome.calls[0]!.body as { spec: object }).spec, { lookupPolicy: { local: true } })
  const dry = await runCommand(['create', 'imagestream', 'ubi', '--dry-run=client'])
  assert.deepEqual([dry.calls, dry.out], [[], 'imagestream.image.openshift.io/ubi created (dry run)\n'])
})

test('a tag is posted with what the flags say, and the rest is left to the server', async () => {
  const cases: [string[], object][] = [
    [
      ['--from-image', 'r.io/ubi:8', '--insecure', '--scheduled'],
      tagBody(
        { name: 'ubi:8' },
        { from: { kind: 'DockerImage', name: 'r.io/ubi:8' }, importPolicy: { insecure: true, scheduled: true } },
      ),
    ],
    [
      ['--from', 'base/ubi:9'],
      tagBody({ name: 'ubi:8' }, { from: { kind: 'ImageStreamTag', name: 'ubi:9', namespace: 'base' } }),
    ],
    [
      ['--from', `ubi@${digest}`],
      tagBody({ name: 'ubi:8' }, { from: { kind: 'ImageStreamImage', name: `ubi@${digest}` } }),
    ],
    [
      ['--from=:9', '--reference', '--reference-policy=Local'],
      tagBody(
        { name: 'ubi:8' },
        { from: { kind: 'ImageStreamTag', name: '9' }, reference: true, referencePolicy: { type: 'Local' } },
      ),
    ],
    [
      ['--annotation', 'a=1,c=', '--annotation', 'b=x=y'],
      tagBody(
        { name: 'ubi:8', annotations: { a: '1', c: '', b: 'x=y' } },
        { annotations: { a: '1', c: '', b: 'x=y' } },
      ),
    ],
  ]
  for (const [flags, body] of cases) {
    const outcome = await runCommand(['create', 'istag', 'ubi:8', ...flags], {
      [`POST ${NS}/imagestreamtags`]: { metadata: { name: 'ubi:8' } },
    })
    assert.deepEqual([outcome.err, outcome.out], ['', 'imagestreamtag.image.openshift.io/ubi:8 created\n'])
    assert.deepEqual(outcome.calls[0]!.body, body)
  }
})

test('flags that make no sense are refused in the words of oc', async () => {
  const cases: [string[], RegExp][] = [
    [['--from', 'a:1', '--from-image', 'b'], /^error: --from and --from-image may not be used together\n$/],
    [['--from', 'r.io/a:1'], /^error: Invalid --from, registry may not be specified\n$/],
    [['--from', 'A'], /^error: Invalid --from, must be a valid image stream tag or image stream image: /],
    [['--annotation', 'x'], /^error: annotations must be of the form key=value, but is "x"\n$/],
    [['--annotation', 'x-'], /^error: annotations must be of the form name=value\n$/],
    [['other:1'], /^error: exactly one NAME is required, got 2 \(see 'millrace create imagestreamtag --help'\)\n$/],
    [['--reference-policy', 'x'], /^error: valid values for --reference-policy are: source, local\n$/],
  ]
  for (const [flags, err] of cases) {
    const outcome = await runCommand(['create', 'istag', 'ubi:8', ...flags])
    assert.match(outcome.err, err)
    assert.deepEqual([outcome.code, outcome.calls], [1, []])
  }
})

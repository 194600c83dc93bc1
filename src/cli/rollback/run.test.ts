import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'

const NS = '/apis/image.openshift.io/v1/namespaces/demo'
const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const event = (letter: string, generation: number) => ({
  image: digest(letter),
  generation,
  created: '',
  dockerImageReference: `r.io/ubi@${digest(letter)}`,
})
const stream = (...items: object[]) => ({
  metadata: { name: 'ubi' },
  spec: {},
  status: { tags: [{ tag: '8', items }] },
})
const history = stream(event('c', 3), event('c', 2), event('b', 1), event('a', 0))

test('a tag goes back to what it had, or to what a flag chooses', async () => {
  const cases: [string[], string][] = [
    [[], 'b'],
    [['--to-generation', '0'], 'a'],
    [['--to-image', digest('b')], 'b'],
    [['--to-image', 'aaaa'], 'a'],
  ]
  for (const [flags, letter] of cases) {
    const outcome = await runCommand(['rollback', 'ubi:8', ...flags], {
      [`GET ${NS}/imagestreams/ubi`]: history,
      [`PUT ${NS}/imagestreamtags/ubi:8`]: { metadata: {} },
    })
    assert.deepEqual([outcome.code, outcome.out], [0, `Tag ubi:8 set to ubi@${digest(letter)}.\n`])
    const body = outcome.calls[1]!.body as { tag: { from: object } }
    assert.deepEqual(body.tag.from, { kind: 'ImageStreamImage', name: `ubi@${digest(letter)}` })
  }
})

test('the reference policy of the tag stays', async () => {
  const spec = { tags: [{ name: '8', referencePolicy: { type: 'Local' } }] }
  const outcome = await runCommand(['rollback', 'ubi:8'], {
    [`GET ${NS}/imagestreams/ubi`]: { ...history, spec },
    [`PUT ${NS}/imagestreamtags/ubi:8`]: { metadata: {} },
  })
  const body = outcome.calls[1]!.body as { tag: { referencePolicy: object } }
  assert.deepEqual(body.tag.referencePolicy, { type: 'Local' })
})

test('what cannot be gone back to is refused, with what can', async () => {
  const cases: [object, string[], RegExp][] = [
    [
      history,
      ['ubi:8', '--to-generation', '9'],
      /^error: "ubi:8" has no image of generation 9; it had 3 \(sha256:c{12}\), 2 \(/,
    ],
    [history, ['ubi:8', '--to-image', 'f'], /^error: "ubi:8" never had the image f; it had /],
    [
      history,
      ['ubi:8', '--to-image', 'sha256:'],
      /^error: "sha256:" is the beginning of 3 images of "ubi:8": give more of it\n$/,
    ],
    [history, ['ubi:9'], /^error: "ubi:9" has no history to go back in; tags that have: 8\n$/],
    [stream(event('a', 1)), ['ubi:8'], /^error: "ubi:8" never had another image than sha256:a/],
    [history, ['ubi'], /^error: "ubi" must be of the form <stream_name>:<tag>\n$/],
    [history, ['ubi:8', '--to-generation=x'], /^error: --to-generation must be a number, not "x"\n$/],
    [history, ['ubi:8', '--to-generation=1', '--to-image=a'], /may not be used together\n$/],
    [history, [], /^error: you must specify the tag to roll back \(see 'millrace rollback --help'\)\n$/],
  ]
  for (const [object, args, err] of cases) {
    const outcome = await runCommand(['rollback', ...args], { [`GET ${NS}/imagestreams/ubi`]: object })
    assert.match(outcome.err, err)
    assert.equal(outcome.code, 1)
  }
})

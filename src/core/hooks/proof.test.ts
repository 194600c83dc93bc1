import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { proofOf, type Shown } from './proof.ts'
import { SENDER_NAMES, type SenderName } from './senders.ts'

const SECRET = "It's-a-Secret-to-Everybody"
const BODY = Buffer.from('Hello, World!')
const signed = (algorithm: string, secret = SECRET): string => createHmac(algorithm, secret).update(BODY).digest('hex')
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

type Given = { headers?: Record<string, string>; secret?: string; raw?: Buffer }
const shown = ({ headers = {}, secret, raw = BODY }: Given): Shown => ({ header: (name) => headers[name], secret, raw })
const proof = (sender: SenderName, given: Given) => proofOf({ sender, secret: SECRET }, shown(given))
/** Before the body is read. */
const early = (sender: SenderName, given: Given) => {
  const { raw: _, ...rest } = shown(given)
  return proofOf({ sender, secret: SECRET }, rest)
}

/** Every way, right and wrong, and who may go it. */
const WAYS: [right: Given, wrong: Given, senders: SenderName[]][] = [
  [
    { headers: { 'x-hub-signature-256': `sha256=${signed('sha256')}` } },
    { headers: { 'x-hub-signature-256': `sha256=${signed('sha256', 'another')}` } },
    ['any', 'cloudevents', 'generic', 'github'],
  ],
  [
    { headers: { 'x-nexus-webhook-signature': signed('sha1') } },
    { headers: { 'x-nexus-webhook-signature': signed('sha1', 'another') } },
    ['any', 'nexus'],
  ],
  [
    { headers: { 'x-jfrog-event-auth': SECRET } },
    { headers: { 'x-jfrog-event-auth': `${SECRET}x` } },
    ['any', 'artifactory'],
  ],
  [
    { headers: { 'x-jfrog-event-auth': signed('sha256') } },
    { headers: { 'x-jfrog-event-auth': signed('sha256', 'another') } },
    ['any', 'artifactory'],
  ],
  [{ headers: { 'x-gitlab-token': SECRET } }, { headers: { 'x-gitlab-token': '' } }, ['any', 'gitlab']],
  [
    { headers: { 'x-api-key': SECRET } },
    { headers: { 'x-api-key': SECRET.toLowerCase() } },
    ['any', 'cloudevents', 'ecr', 'generic'],
  ],
  ...[SECRET, `Bearer ${SECRET}`, `bearer  ${SECRET}`, basic(`jane:${SECRET}`), basic(`:${SECRET}`)].map(
    (right): [Given, Given, SenderName[]] => [
      { headers: { authorization: right } },
      { headers: { authorization: basic(`${SECRET}:x`) } },
      ['acr', 'any', 'cloudevents', 'distribution', 'ecr', 'generic', 'gitlab', 'harbor', 'zot'],
    ],
  ),
  [
    { secret: SECRET },
    { secret: SECRET.slice(1) },
    ['acr', 'any', 'cloudevents', 'distribution', 'dockerhub', 'generic', 'google', 'quay', 'zot'],
  ],
]

test('a secret is shown in the way of the sender, and in no other', () => {
  for (const [right, wrong, senders] of WAYS) {
    const accepted = SENDER_NAMES.filter((sender) => proof(sender, right) === 'right')
    assert.deepEqual(accepted, senders, JSON.stringify(right))
    for (const sender of SENDER_NAMES) {
      assert.equal(
        proof(sender, wrong),
        senders.includes(sender) ? 'wrong' : 'none',
        `${sender} ${JSON.stringify(wrong)}`,
      )
      assert.equal(proof(sender, {}), 'none')
    }
  }
})

test('the example of GitHub is right, and a body that was changed is not', () => {
  const headers = {
    'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
  }
  const receiver = { sender: 'github', secret: "It's a Secret to Everybody" } as const
  assert.equal(proofOf(receiver, shown({ headers })), 'right')
  assert.equal(proofOf(receiver, shown({ headers, raw: Buffer.from('Hello, World?') })), 'wrong')
})

test('of two proofs both must be right', () => {
  const headers = { 'x-hub-signature-256': 'sha256=00', 'x-gitlab-token': SECRET }
  assert.equal(proof('any', { headers }), 'wrong')
  assert.equal(proof('any', { headers: { 'x-gitlab-token': SECRET }, secret: 'no' }), 'wrong')
})

test('before the body is read only a signature is open, and only one that may be right', () => {
  for (const [right, wrong, senders] of WAYS)
    for (const sender of senders) {
      const signed = early(sender, right) === 'signed'
      assert.equal(signed, /signature|event-auth":"[0-9a-f]{64}/.test(JSON.stringify(right)), JSON.stringify(right))
      assert.equal(early(sender, right), signed ? 'signed' : 'right')
      assert.equal(early(sender, wrong), signed ? 'signed' : 'wrong')
      assert.equal(early(sender, {}), 'none')
    }
  const half = { headers: { 'x-hub-signature-256': `sha256=${signed('sha256')}`, 'x-gitlab-token': 'wrong' } }
  assert.equal(early('any', half), 'wrong')
  for (const [name, value] of [
    ['x-hub-signature-256', signed('sha256')],
    ['x-hub-signature-256', `sha256=${signed('sha1')}`],
    ['x-hub-signature-256', 'sha256='],
    ['x-nexus-webhook-signature', signed('sha256')],
  ] as const)
    assert.equal(early('any', { headers: { [name]: value } }), 'wrong', value)
})

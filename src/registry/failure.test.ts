import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EmbeddedStatus } from '../core/machinery/status.ts'
import { ManifestError } from '../core/oci/manifest.ts'
import { parseWireErrors, wireErrorText } from '../core/oci/wireError.ts'
import { RegistryError, refused } from './error.ts'
import { imageFailure, listingFailure, policyFailure } from './failure.ts'
import { HeldBack } from './gate.ts'

const wire = (code: string, message = '') => refused([{ code, message }])
const token = (text: string) => new RegistryError('token', `Get "https://q.io/v2/a/manifests/1": ${text}`)

const noAccess = 'you may not have access to the container image "q.io/a:1"'
const internal = (text: string) => `Internal error occurred: q.io/a:1: ${text}`

const images: [string, Error, number, string][] = [
  ['MANIFEST_UNKNOWN', wire('MANIFEST_UNKNOWN'), 404, 'dockerimage.image.openshift.io "q.io/a:1" not found'],
  ['UNAUTHORIZED', wire('UNAUTHORIZED', 'authentication required'), 401, noAccess],
  ['no credentials', new RegistryError('no-credentials', 'Get "x": no basic auth credentials'), 401, noAccess],
  [
    'a token server that knows the password is wrong',
    token('unauthorized: incorrect username or password'),
    401,
    'incorrect username or password for image "q.io/a:1"',
  ],
  [
    'a credential helper in trouble',
    new RegistryError('helper', 'unauthorized; no credential of ecr: timeout'),
    401,
    'q.io/a:1: unauthorized; no credential of ecr: timeout',
  ],
  ['a registry that says so too', wire('UNAUTHORIZED', 'incorrect username or password'), 401, noAccess],
  [
    'any other failure to get a token',
    token('unauthorized'),
    500,
    internal('Get "https://q.io/v2/a/manifests/1": unauthorized'),
  ],
  ['DENIED', wire('DENIED', 'no'), 500, internal('denied: no')],
  ['NAME_UNKNOWN', wire('NAME_UNKNOWN'), 500, internal('name unknown')],
  ['TOOMANYREQUESTS', wire('TOOMANYREQUESTS', 'slow down'), 500, internal('toomanyrequests: slow down')],
  [
    'a server in trouble',
    new RegistryError('status', 'received unexpected HTTP status: 502 Bad Gateway'),
    500,
    internal('received unexpected HTTP status: 502 Bad Gateway'),
  ],
  [
    'a certificate that nobody vouches for',
    new RegistryError('transport', 'Get "https://q.io/v2/": tls: failed to verify certificate'),
    500,
    internal('Get "https://q.io/v2/": tls: failed to verify certificate'),
  ],
  [
    'content that is not what its digest says',
    new RegistryError('integrity', 'content integrity error: odd'),
    500,
    internal('content integrity error: odd'),
  ],
  ['a malformed manifest', new ManifestError('malformed', 'odd'), 500, internal('odd')],
]
const REASONS: Readonly<Record<number, string>> = { 401: 'Unauthorized', 404: 'NotFound', 500: 'InternalError' }
for (const [name, error, code, message] of images) {
  test(`an image fails by ${name}`, () => {
    const status = imageFailure(error, 'q.io/a:1')
    assert.deepEqual([status.code, status.reason, status.message], [code, REASONS[code], message])
    assert.ok(!('kind' in status) && !('apiVersion' in status))
  })
}

test('what clients of OpenShift have no word for is told in one of theirs, and by its cause in ours', () => {
  const told = ({ reason, code, message, details }: EmbeddedStatus) => [
    reason,
    code,
    message,
    details?.causes?.[0]?.reason,
  ]
  const helper = new RegistryError('helper', 'unauthorized; no role', { denied: true })
  assert.deepEqual(told(imageFailure(helper, 'q.io/a:1')), [
    'Unauthorized',
    401,
    'q.io/a:1: unauthorized; no role',
    'NoCredential',
  ])
  assert.deepEqual(told(policyFailure('NoMatchingTag', 'none fits')), [
    'InternalError',
    500,
    'none fits',
    'NoMatchingTag',
  ])
  const held = new HeldBack('later', { ms: 1, reason: 'ConfiguredRate' }, false)
  assert.deepEqual(told(imageFailure(held, 'q.io/a:1')), ['TooManyRequests', 429, 'q.io/a:1: later', undefined])
})

test('details: the image that was not found, the cause of an internal error, none for Unauthorized', () => {
  const name = 'q.io/a:1'
  const found = imageFailure(wire('MANIFEST_UNKNOWN'), name).details
  assert.deepEqual(found, { name, group: 'image.openshift.io', kind: 'dockerimage' })
  assert.deepEqual(imageFailure(wire('DENIED'), name).details, {
    causes: [{ reason: 'Unauthorized', message: 'q.io/a:1: denied' }],
  })
  assert.ok(!('details' in imageFailure(wire('UNAUTHORIZED'), name)))
})

const listings: [string, Error, number, string][] = [
  ['NAME_UNKNOWN', wire('NAME_UNKNOWN'), 404, 'dockerimage.image.openshift.io "a" not found'],
  ['UNAUTHORIZED', wire('UNAUTHORIZED'), 401, 'you may not have access to the container image "a"'],
  [
    'no credentials',
    new RegistryError('no-credentials', 'Get "x": no basic auth credentials'),
    500,
    'Internal error occurred: Get "x": no basic auth credentials',
  ],
  ['anything else', new RegistryError('timeout', 'late'), 500, 'Internal error occurred: late'],
]
for (const [name, error, code, message] of listings) {
  test(`a listing fails by ${name}`, () => {
    const status = listingFailure(error, 'a')
    assert.deepEqual([status.code, status.message], [code, message])
  })
}

const bodies: [string, string | undefined][] = [
  ['{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}', 'denied'],
  ['{"errors":[{"code":"DENIED","message":"a\\nb\\u001b[31m"}]}', 'denied: a b [31m'],
  ['{"errors":[{"code":"DENIED","message":"a\\u0085\\u2028b"}]}', 'denied: a b'],
  ...[0x61c, 0x200e, 0x200f, 0x202a, 0x202e, 0x2066, 0x2069].map((turn): [string, string] => [
    `{"errors":[{"code":"DENIED","message":"a\\u${turn.toString(16).padStart(4, '0')}b"}]}`,
    'denied: a b',
  ]),
  ['{"errors":[{"code":"DENIED","message":"a \\u05d0\\u05d1"}]}', 'denied: a אב'],
  ['{"errors":[{"code":"A"},{"code":"BLOB_UNKNOWN"}]}', 'errors:\nunknown\nblob unknown\n'],
  ['{"errors":[{"code":"toString","message":1}]}', 'unknown'],
  ['{"errors":[]}', undefined],
  ['{"errors":{}}', undefined],
  ['null', undefined],
  ['<html>', undefined],
]
for (const [body, text] of bodies) {
  test(`an error list: ${body}`, () => {
    const errors = parseWireErrors(body)
    assert.equal(errors && wireErrorText(errors), text)
  })
}

test('of an error list only so much is repeated', () => {
  const errors = parseWireErrors(
    JSON.stringify({ errors: Array.from({ length: 50 }, () => ({ code: 'DENIED', message: 'x'.repeat(5000) })) }),
  )
  assert.equal(errors?.length, 10)
  assert.equal(errors?.[0]?.message.length, 1000)
})

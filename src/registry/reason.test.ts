import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManifestError } from '../core/oci/manifest.ts'
import { RegistryError, refused } from './error.ts'
import { HeldBack } from './gate.ts'
import { failureReason } from './reason.ts'
import { transportError } from './transportError.ts'

const below = (code: string) =>
  transportError('GET', new URL('https://q.io/v2/'), Object.assign(new Error('odd'), { code }))

const cases: [string, unknown, string][] = [
  ['a tag that is not there', refused([{ code: 'MANIFEST_UNKNOWN', message: '' }]), 'NotFound'],
  ['too many requests', refused([{ code: 'TOOMANYREQUESTS', message: '' }]), 'RateLimited'],
  ['a refusal', refused([{ code: 'UNSUPPORTED', message: '' }]), 'Refused'],
  ['a name that is not known', below('ENOTFOUND'), 'DNS'],
  ['a name server in trouble', below('EAI_AGAIN'), 'DNS'],
  ['a certificate that nobody vouches for', below('SELF_SIGNED_CERT_IN_CHAIN'), 'TLS'],
  ['a certificate that was revoked', below('CERT_REVOKED'), 'TLS'],
  ['a handshake that fails', below('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), 'TLS'],
  ['a registry without TLS', below('EPROTO'), 'TLS'],
  ['a connection that is refused', below('ECONNREFUSED'), 'Unreachable'],
  ['a connection that breaks', below('ECONNRESET'), 'Unreachable'],
  ['a connection that does not come about', below('UND_ERR_CONNECT_TIMEOUT'), 'Timeout'],
  ['an address that is not allowed', below('ADDRESS_REFUSED'), 'AddressRefused'],
  ['no HTTP', below('HPE_INVALID_CONSTANT'), 'BadAnswer'],
  ['an error that nobody knows', below('EODD'), 'Unreachable'],
  ['an order that takes too long', new RegistryError('deadline', 'late'), 'Timeout'],
  ['an order that takes too much', new RegistryError('budget', 'much'), 'RequestEntityTooLarge'],
  ['what a rate does not allow', new HeldBack('later', { ms: 1, reason: 'ConfiguredRate' }, false), 'TooManyRequests'],
  ['a cloud that gives no credential', new RegistryError('helper', 'no', { cause: refused([]) }), 'NoCredential'],
  ['a proxy that lets nobody through', below('PROXY_REFUSED'), 'Proxy'],
  ['a proxy that does not get there', below('PROXY_FAILED'), 'Proxy'],
  ['a manifest that cannot be read', new ManifestError('malformed', 'odd'), 'BadManifest'],
  ['a defect of ours', new TypeError('x is not a function'), 'InternalError'],
]
for (const [name, error, reason] of cases) {
  test(`${name} is ${reason}`, () => assert.equal(failureReason(error), reason))
}

test('what keeps us from a token server keeps its reason', () => {
  const cause = below('ENOTFOUND')
  const wrapped = new RegistryError(cause.problem, 'Get "https://q.io/v2/": no', { cause })
  assert.equal(failureReason(wrapped), 'DNS')
})

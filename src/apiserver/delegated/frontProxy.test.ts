import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { before, describe, test } from 'node:test'
import type { User } from '../../core/machinery/resource.ts'
import type { PeerCertificate, Request } from '../../http/handler.ts'
import { issueAuthority } from '../../http/issue.ts'
import { byClusterCertificate, parseAuthentication, type ClusterAuthentication } from './frontProxy.ts'

const HEADERS = {
  'requestheader-allowed-names': '["aggregator"]',
  'requestheader-username-headers': '["X-Remote-User"]',
  'requestheader-group-headers': '["X-Remote-Group"]',
  'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  'requestheader-uid-headers': '["X-Remote-Uid"]',
}

describe('users of a cluster by certificate', () => {
  let clientCa: string
  let proxyCa: string
  let trust: ClusterAuthentication
  before(async () => {
    const authority = async (name: string) => (await issueAuthority(name, 1, new Date())).cert
    ;[clientCa, proxyCa] = await Promise.all([authority('clients'), authority('proxy')])
    trust = parseAuthentication({
      ...HEADERS,
      'client-ca-file': clientCa,
      'requestheader-client-ca-file': `${await authority('old proxy')}${proxyCa}`,
    })
  })

  const peer = (commonName: string, ca: string): PeerCertificate => ({
    commonName,
    organizations: ['o'],
    authorities: [new X509Certificate(ca).fingerprint256],
  })
  const request = (from: PeerCertificate | undefined, headers: Record<string, string[]> = {}): Request =>
    ({
      headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.join(', ')])),
      values: (name: string) => headers[name] ?? [],
      ...(from && { peer: from }),
    }) as unknown as Request
  const jane = { 'x-remote-user': ['jane'], 'x-remote-group': ['a, b', 'c'] }

  const table: [string, () => [PeerCertificate | undefined, Record<string, string[]>], User | undefined][] = [
    ['nobody without a certificate, whatever the headers say', () => [undefined, jane], undefined],
    [
      'the user of the headers; a comma in the name of a group does not make two',
      () => [peer('aggregator', proxyCa), jane],
      { name: 'jane', groups: ['a, b', 'c'] },
    ],
    [
      'uid and extra, whose keys are escaped',
      () => [
        peer('aggregator', proxyCa),
        {
          'x-remote-user': ['jane'],
          'x-remote-uid': ['u1'],
          'x-remote-extra-scopes': ['x', 'y'],
          'x-remote-extra-example.com%2fid': ['7'],
        },
      ],
      { name: 'jane', uid: 'u1', groups: [], extra: { scopes: ['x', 'y'], 'example.com/id': ['7'] } },
    ],
    ['nobody by headers from another client of that authority', () => [peer('other', proxyCa), jane], undefined],
    ['nobody when the aggregator names none', () => [peer('aggregator', proxyCa), {}], undefined],
    [
      'the client itself, with a certificate of the clients’ authority, and not whom its headers name',
      () => [peer('aggregator', clientCa), jane],
      { name: 'aggregator', groups: ['o', 'system:authenticated'] },
    ],
  ]
  for (const [what, given, expected] of table) {
    test(what, async () => {
      const [from, headers] = given()
      assert.deepEqual(await byClusterCertificate(() => trust)(request(from, headers)), expected)
    })
  }

  test('nobody of an authority that is trusted no more', async () => {
    let current = trust
    const authenticate = byClusterCertificate(() => current)
    assert.ok(await authenticate(request(peer('aggregator', proxyCa), jane)))
    current = { clientCa: '' }
    assert.equal(await authenticate(request(peer('aggregator', proxyCa), jane)), undefined)
    assert.equal(await authenticate(request(peer('x', clientCa))), undefined)
  })

  test('any name, where the cluster allows any', async () => {
    const any = { ...trust, frontProxy: { ...trust.frontProxy!, allowedNames: [] } }
    const user = await byClusterCertificate(() => any)(request(peer('other', proxyCa), jane))
    assert.equal(user?.name, 'jane')
  })
})

test('a cluster without aggregation has no front proxy; a broken list is an error', () => {
  assert.deepEqual(parseAuthentication({}), { clientCa: '' })
  assert.throws(
    () => parseAuthentication({ 'requestheader-client-ca-file': 'x', 'requestheader-allowed-names': '{}' }),
    /requestheader-allowed-names is not a list/,
  )
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { addressGuard, OWN_MACHINE } from './addressGuard.ts'
import { contains, parseAddress, parseCidr } from './cidr.ts'

const REFUSED = [
  ['loopback', '127.0.0.1 127.255.255.254 ::1 0:0:0:0:0:0:0:1'],
  ['link-local', '169.254.0.1 169.254.169.254 169.254.170.2 fe80::1 fe80::1%eth0 febf:ffff::1'],
  ['metadata', 'fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fd00:c1::a9fe:a9fe fd00:42::42 100.100.100.200 168.63.129.16'],
  ['metadata of Oracle Cloud Classic', '192.0.0.192 ::ffff:192.0.0.192 64:ff9b::c000:c0'],
  ['unspecified', '0.0.0.0 0.1.2.3 ::'],
  ['multicast and broadcast', '224.0.0.1 239.255.255.250 ff02::1 255.255.255.255'],
  ['IPv4 as IPv6', '::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:169.254.169.254 0:0:0:0:0:ffff:a9fe:a9fe ::127.0.0.1'],
  ['IPv4 behind a gateway', '64:ff9b::a9fe:a9fe 64:ff9b::127.0.0.1 2002:a9fe:a9fe::1 2002:7f00:1::'],
  ['IPv4 that is translated', '::ffff:0:a9fe:a9fe ::ffff:0:127.0.0.1 ::ffff:0:c000:c0'],
  ['NAT64 of the own network', '64:ff9b:1::a9fe:a9fe 64:ff9b:1:a9fe:a9:fe00:: 64:ff9b:1:ffff::808:808'],
  ['Teredo', '2001:0:808:808::1 2001::5601:5601 2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['no address', 'localhost 127.1 1.2.3 1.2.3.4.5 ::g 1.2.3.256'],
] as const
const REACHED =
  '10.0.0.1 172.16.0.1 192.168.1.1 100.64.0.1 100.100.100.201 169.253.255.255 169.255.0.0 126.255.255.255 128.0.0.1 8.8.8.8 ' +
  '223.255.255.255 1.0.0.0 fd00::1 fd00:ec3::254 fec0::1 2001:db8::1 2606:4700::1111 ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1 ' +
  '192.0.0.191 192.0.0.193 ::ffff:0:808:808 64:ff9b:2::a9fe:a9fe 2001:1::1 2001:4860:4860::8888'

for (const [name, addresses] of REFUSED) {
  test(`refused: ${name}`, () => {
    const allowed = addressGuard([])
    assert.deepEqual(addresses.split(' ').filter(allowed), [])
  })
}

test('everything else is allowed, private networks too', () => {
  const allowed = addressGuard([])
  assert.deepEqual(
    REACHED.split(' ').filter((ip) => !allowed(ip)),
    [],
  )
})

const EXCEPTIONS: [string, string, string][] = [
  ['127.0.0.0/8', '127.0.0.1 ::ffff:127.0.0.1 64:ff9b::127.0.0.1', '::1 0.0.0.0 169.254.169.254'],
  ['169.254.10.0/23', '169.254.10.1 169.254.11.255', '169.254.12.0 169.254.169.254'],
  ['fe80::/10', 'fe80::1 fe80::1%eth0', '::1 169.254.0.1'],
  ['::ffff:127.0.0.0/104', '127.0.0.1', '::1'],
  ['64:ff9b:1::/48', '64:ff9b:1::808:808', '64:ff9b::127.0.0.1 2001::1'],
  // All of IPv6 is not all of IPv4.
  ['::/0', '::1 fe80::1', '127.0.0.1 ::ffff:127.0.0.1'],
  ['0.0.0.0/0', '127.0.0.1 169.254.169.254', '::1'],
]
for (const [cidr, reached, refused] of EXCEPTIONS) {
  test(`an exception for ${cidr} lets in that, and nothing else`, () => {
    const allowed = addressGuard([parseCidr(cidr)!])
    assert.deepEqual(reached.split(' ').filter(allowed), reached.split(' '))
    assert.deepEqual(refused.split(' ').filter(allowed), [])
  })
}

test('the own machine is loopback, and what leads there', () => {
  const allowed = addressGuard(OWN_MACHINE)
  assert.deepEqual('127.0.0.1 ::1 0.0.0.0 :: 169.254.169.254 fe80::1 0.0.0.1'.split(' ').filter(allowed), [
    '127.0.0.1',
    '::1',
    '0.0.0.0',
    '::',
  ])
})

test('what is no range', () => {
  const wrong = ['', '/8', 'a/8', '1.2.3.4/33', '1.2.3.4/-1', '1.2.3.4/', '1.2.3.4/8/8', '::/129', '::ffff:1.2.3.4/95']
  for (const text of [...wrong, '1.2.3/8', 'fe80::%eth0/64', '1.2.3.4/1e1', ' ::/0'])
    assert.equal(parseCidr(text), undefined, text)
})

test('an address lies in each of its prefixes, and not in those of a neighbour', () => {
  const ip = fc.oneof(fc.ipV4(), fc.ipV6())
  fc.assert(
    fc.property(ip, fc.nat(127), (text, bit) => {
      const address = parseAddress(text)!
      const bits = (bit % (8 * address.length)) + 1
      assert.ok(contains({ address, bits }, address))
      const other = Uint8Array.from(address)
      other[(bits - 1) >> 3]! ^= 0x80 >> ((bits - 1) & 7)
      assert.ok(!contains({ address, bits }, other))
      assert.ok(contains({ address, bits: bits - 1 }, other))
    }),
  )
})

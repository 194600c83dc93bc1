// Addresses that nobody may be sent to by naming them in an image: what answers there is meant for this machine alone.
import { type Address, type Cidr, contains, parseAddress, parseCidr } from './cidr.ts'

/** Loopback, and the unspecified address, which connects to it. */
export const OWN_MACHINE: readonly Cidr[] = ranges('127.0.0.0/8', '::1', '0.0.0.0', '::')

/** Private networks are not among them: that is where companies have their registries. */
const REFUSED: readonly Cidr[] = ranges(
  // Loopback and unspecified; all of 0.0.0.0/8 is "this network". https://www.iana.org/assignments/iana-ipv4-special-registry
  // ::/96 was IPv4 as IPv6 once, which nothing speaks any more.
  '127.0.0.0/8',
  '0.0.0.0/8',
  '::/96',
  // Link-local: there clouds hand out the credentials of nodes, most at 169.254.169.254.
  '169.254.0.0/16',
  'fe80::/10',
  // The same elsewhere: AWS (metadata, pod identity), Google, Oracle, Scaleway, Alibaba, Azure.
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
  'fd00:ec2::/32',
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
  'fd00:42::42',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  // Multicast and broadcast.
  '224.0.0.0/4',
  'ff00::/8',
  '255.255.255.255',
  // IPv4 behind gateways, and where in the address it stands only they know: NAT64 of the own network, whose prefix may have any length
  // (https://www.rfc-editor.org/rfc/rfc8215), and Teredo, which nobody has a registry behind (https://www.rfc-editor.org/rfc/rfc4380).
  '64:ff9b:1::/48',
  '2001::/32',
)

/** IPv6 addresses that gateways turn into IPv4, and where that address begins: NAT64, SIIT (https://www.rfc-editor.org/rfc/rfc2765), 6to4. */
const EMBEDDING: readonly (readonly [Cidr, at: number])[] = [
  [ranges('64:ff9b::/96')[0]!, 12],
  [ranges('::ffff:0:0:0/96')[0]!, 12],
  [ranges('2002::/16')[0]!, 2],
]

/** Says of an address whether connections to it are allowed. `allowed`: ranges that are in spite of everything. */
export function addressGuard(allowed: readonly Cidr[]): (ip: string) => boolean {
  return (ip) => {
    const address = parseAddress(ip)
    if (!address) return false
    const forms = [address, ...embedded(address)]
    const within = (list: readonly Cidr[]) => forms.some((form) => list.some((cidr) => contains(cidr, form)))
    return within(allowed) || !within(REFUSED)
  }
}

const embedded = (address: Address): Address[] =>
  EMBEDDING.filter(([cidr]) => contains(cidr, address)).map(([, at]) => address.subarray(at, at + 4))

function ranges(...texts: string[]): Cidr[] {
  return texts.map((text) => parseCidr(text)!)
}

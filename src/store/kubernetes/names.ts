// Names of stored objects. Images are called `sha256:…`, streams may have underscores: neither may be the name of a custom resource.
import { createHash } from 'node:crypto'
import { dns1123Subdomain } from '../../core/machinery/meta/names.ts'

const DIGEST = /^(sha256|sha384|sha512):([0-9a-f]+)$/
/** What other names become, and digests written with a dash. A name that looks like that already becomes one as well. */
const TAKEN = /^(?:n|sha256|sha384|sha512)-[0-9a-f]+$/

/**
 * The name under which an object is stored: its own where that can be, the digest with a dash in place of its colon, or a hash.
 * Different names never meet.
 */
export function storedName(name: string): string {
  const [, algorithm, hex] = DIGEST.exec(name) ?? []
  if (algorithm && hex) return `${algorithm}-${hex}`
  if (dns1123Subdomain(name).length === 0 && !TAKEN.test(name)) return name
  return `n-${createHash('sha256').update(name).digest('hex')}`
}

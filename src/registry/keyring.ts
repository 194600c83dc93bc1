// Which credential of the pull secrets is for which image, by the rules of the kubelet.
// https://kubernetes.io/docs/concepts/containers/images/#config-json
import type { PullSecret } from '../core/image/pullSecrets.ts'
import { glob } from '../core/oci/glob.ts'
import { exact, type Reference } from '../core/oci/reference.ts'
import { withClientDefaults } from '../core/oci/forms.ts'
import { parsePullSecret } from './pullSecret.ts'
import type { Credential } from './reader.ts'

/** Finds credentials for images. */
export interface Keyring {
  /** The credentials for an image, the most specific first. */
  find(reference: Reference): readonly Credential[]
}

/** Docker Hub's own tools store its credentials under this name, though images name docker.io. */
const HUB_KEY = 'index.docker.io'

/**
 * A keyring of the secrets, earlier ones first. A secret that makes no sense is left out, and `problem` is told what is
 * wrong with it, without any of its content. `accepts`: which keys count, as they are written.
 */
export function createKeyring(
  secrets: readonly PullSecret[],
  problem: (secret: PullSecret, message: string) => void = () => {},
  accepts: (server: string) => boolean = () => true,
): Keyring {
  const credentials = new Map<string, Credential[]>()
  for (const secret of secrets) {
    const parsed = parsePullSecret(secret)
    if (typeof parsed === 'string') problem(secret, parsed)
    else
      for (const { server, key, credential } of parsed)
        if (accepts(server)) credentials.getOrInsertComputed(key, () => []).push(credential)
  }
  // Backwards, so that a longer path comes before its beginnings.
  const keys = [...credentials.keys()].sort().toReversed()
  return {
    find(reference) {
      const image = split(exact(withClientDefaults(reference)))
      const fitting = keys.filter((key) => matches(split(key), image))
      if (image.host === 'docker.io') fitting.push(HUB_KEY)
      return fitting.flatMap((key) => credentials.get(key) ?? [])
    },
  }
}

interface Location {
  host: string
  port: string
  path: string
}

function split(text: string): Location {
  const slash = text.indexOf('/')
  const authority = slash < 0 ? text : text.slice(0, slash)
  const colon = authority.lastIndexOf(':')
  return {
    host: colon < 0 ? authority : authority.slice(0, colon),
    port: colon < 0 ? '' : authority.slice(colon + 1),
    path: slash < 0 ? '' : text.slice(slash),
  }
}

/** Ports are equal, each label of the host fits, and the path begins with the key's (which need not end at a slash). */
function matches(key: Location, image: Location): boolean {
  const patterns = key.host.split('.')
  const labels = image.host.split('.')
  return (
    key.port === image.port &&
    patterns.length === labels.length &&
    patterns.every((pattern, i) => glob(pattern, labels[i]!)) &&
    image.path.startsWith(key.path)
  )
}

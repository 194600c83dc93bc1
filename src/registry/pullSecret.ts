// Reads credentials out of pull secrets: ~/.docker/config.json and its predecessor ~/.dockercfg.
import { isObject } from '../core/machinery/json/jsonObject.ts'
import type { PullSecret } from '../core/image/pullSecrets.ts'
import type { Credential } from './reader.ts'

/** A credential, and the images that it is for. */
export interface KeyedCredential {
  /** The key as it is written. */
  server: string
  /** `host[:port][/path]`; labels of the host may be shell patterns. */
  key: string
  credential: Credential
}

/** Characters of a secret's document; Kubernetes allows secrets of one mebibyte. */
const LIMIT = 2 * 1024 * 1024

type Fields = Readonly<Record<string, unknown>>

/** The credentials of a secret in its order, or what is wrong with it, in words that hold nothing of its content. */
export function parsePullSecret(secret: PullSecret): KeyedCredential[] | string {
  const config = secret.type === 'kubernetes.io/dockerconfigjson'
  const name = config ? '.dockerconfigjson' : '.dockercfg'
  const encoded = secret.data[name]
  if (encoded === undefined) return `it has no key ${name}`
  if (encoded.length > LIMIT) return `key ${name} is too large`
  const document = parseJson(Buffer.from(encoded, 'base64').toString('utf8'))
  if (!document) return `key ${name} is not a JSON object`
  const auths = config ? (document['auths'] ?? {}) : document
  if (!isObject(auths)) return `auths of key ${name} is not a JSON object`
  const found: KeyedCredential[] = []
  for (const [server, entry] of Object.entries(auths)) {
    const credential = isObject(entry) ? credentialOf(entry) : undefined
    const key = keyOf(server)
    if (!credential || key === undefined) return `key ${name} holds an entry that is no credential of a registry`
    found.push({ server, key, credential })
  }
  return found
}

/** `auth` is base64 of `username:password`, and overrides both. */
function credentialOf(entry: Fields): Credential | undefined {
  const { auth, username = '', password = '' } = entry
  if (typeof auth === 'string' && auth !== '') {
    const text = decode(auth)
    const colon = text?.indexOf(':') ?? -1
    if (text === undefined || colon < 0) return undefined
    return { username: text.slice(0, colon), password: text.slice(colon + 1) }
  }
  if (typeof username !== 'string' || typeof password !== 'string') return undefined
  return { username, password }
}

/** `base64` breaks lines after 76 characters, which Go reads over. */
function decode(text: string): string | undefined {
  const trimmed = text.replaceAll(/\s/g, '')
  return /^[A-Za-z0-9+/]+={0,2}$/.test(trimmed) ? Buffer.from(trimmed, 'base64').toString('utf8') : undefined
}

/** Docker writes `https://index.docker.io/v1/`: scheme and API version do not count. */
function keyOf(server: string): string | undefined {
  const url = URL.parse(/^https?:\/\//.test(server) ? server : `https://${server}`)
  if (!url) return undefined
  const location = server.replace(/^https?:\/\//, '')
  const slash = location.indexOf('/')
  const host = slash < 0 ? location : location.slice(0, slash)
  const path = (slash < 0 ? '' : location.slice(slash)).replace(/^\/v[12]\//, '/')
  return path === '/' ? host : `${host}${path}`
}

function parseJson(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

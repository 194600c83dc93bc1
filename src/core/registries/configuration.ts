// What the administrator says of registries: one YAML document, docs/registries.md. Read by parse.ts.
import type { AllowedRegistry } from '../image/registryPolicy.ts'

/** The whole document. All of it is optional. */
export interface RegistriesConfiguration {
  /** Freshness of scheduled tags that say nothing themselves, in milliseconds. */
  refresh?: number
  /** Where images may come from; absent: from anywhere. */
  allowedRegistriesForImport?: readonly AllowedRegistry[]
  /** For hosts without a proxy of their own. Absent: what the environment of the process says. */
  proxy?: ProxySettings
  /** No two have the same prefix. */
  registries: readonly RegistryConfiguration[]
}

/** Through what hosts are reached, as Go programs are told by HTTP_PROXY, HTTPS_PROXY and NO_PROXY. */
export interface ProxySettings {
  /** URL of the proxy for plain HTTP. May hold a password: in no error and no log. */
  http?: string
  /** The same for HTTPS. */
  https?: string
  /** Hosts that are reached directly: `host[:port]`, `.domain`, addresses and ranges of them, `*`. */
  noProxy?: readonly string[]
  /** Only proxies can resolve names: they are to see to it that nobody gets where imports may not go. */
  resolvesNames?: boolean
}

/** What is said of the registries, or of the part of one, that a prefix names. With a path only mirrors can be said. */
export interface RegistryConfiguration {
  /** `host[:port][/path]`; labels of the host may be `*`. The most specific prefix wins. */
  prefix: string
  /** Tried in this order before the registry itself. */
  mirrors?: readonly Mirror[]
  /** The registry itself is never asked. Only with mirrors. */
  mirrorsOnly?: boolean
  /** PEM: certificates that vouch for the registry beside the system's. */
  ca?: string
  /** File that holds them, where the server can read files. Not with `ca`. */
  caFile?: string
  /** Shown to the registry when it asks for one. */
  clientCertificate?: ClientCertificate
  /** The pair that this means, in PEM, once somebody has read it. */
  client?: { cert: string; key: string }
  /** URL of the proxy for this registry, or `none`: directly. */
  proxy?: string
  /** Most requests to the registry for each credential. */
  rate?: Rate
  /** How to get a credential where no pull secret gives one. */
  credentials?: CloudCredentials
}

/** `location/rest` is asked for `prefix/rest`. */
export interface Mirror {
  /** `host[:port][/path]` */
  location: string
  /** Any certificate will do, and so will plain HTTP. */
  insecure?: boolean
}

/** Paths of two PEM files, or the name of a kubernetes.io/tls Secret in the namespace of the server. */
export type ClientCertificate = { certFile: string; keyFile: string } | { secret: string }

export interface Rate {
  requests: number
  /** Milliseconds. */
  per: number
}

/** Kinds of credential helpers, and what can be said to each. All of it is text and optional. */
export const CREDENTIAL_SETTINGS = {
  ecr: ['region', 'roleArn'],
  gar: ['serviceAccount'],
  acr: ['tenantId', 'clientId'],
} as const satisfies Record<string, readonly string[]>

export type CredentialHelper = keyof typeof CREDENTIAL_SETTINGS

export interface CloudCredentials {
  helper: CredentialHelper
  /** By the names above. */
  settings: Readonly<Record<string, string>>
}

/** What holds where nobody has said anything. */
export const NO_REGISTRIES: RegistriesConfiguration = { registries: [] }

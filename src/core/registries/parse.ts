// Reads the administrator's document about registries. docs/registries.md says what may stand in it.
import { parseGoDuration } from '../machinery/scalar/goDuration.ts'
import type { AllowedRegistry } from '../image/registryPolicy.ts'
import { quote } from '../image/triggers/problem.ts'
import { LEAST_REFRESH, MOST_REFRESH } from '../schedule/freshness.ts'
import {
  type ClientCertificate,
  type CloudCredentials,
  CREDENTIAL_SETTINGS,
  type CredentialHelper,
  type Mirror,
  NO_REGISTRIES,
  type ProxySettings,
  type Rate,
  type RegistriesConfiguration,
  type RegistryConfiguration,
} from './configuration.ts'
import { type Located, readLocated } from './located.ts'
import { locationText, parseLocation } from './prefix.ts'

/** Where the server runs that reads the document. */
export interface Surroundings {
  /** It may name files: it was itself read from one. */
  files: boolean
  /** It may name Secrets: there is a cluster. */
  secrets: boolean
}

/** Entries of the lists. */
const MOST_REGISTRIES = 200
const MOST_MIRRORS = 10
const MOST_HOSTS = 500
/** Characters: some fifty certificates. */
const MAX_PEM = 128 * 1024
/** Milliseconds: a budget for longer than a day is none. */
const LONGEST_PERIOD = 24 * 3_600_000

/** The configuration that a YAML text says. Throws ConfigurationError. */
export function parseRegistries(text: string, surroundings: Surroundings): RegistriesConfiguration {
  const document = readLocated(text)
  if (!document) return NO_REGISTRIES
  const { refresh, allowedRegistriesForImport, proxy, registries } = document.fields([
    'refresh',
    'allowedRegistriesForImport',
    'proxy',
    'registries',
  ])
  const seen = new Set<string>()
  return {
    ...(refresh && { refresh: refreshOf(refresh) }),
    ...(allowedRegistriesForImport && {
      allowedRegistriesForImport: allowedRegistriesForImport.list(MOST_HOSTS).map(allowedOf),
    }),
    ...(proxy && { proxy: proxySettingsOf(proxy) }),
    registries: (registries?.list(MOST_REGISTRIES) ?? []).map((entry) => registryOf(entry, surroundings, seen)),
  }
}

function refreshOf(field: Located): number {
  const refresh = parseGoDuration(field.text())
  if (refresh !== undefined && refresh >= LEAST_REFRESH && refresh <= MOST_REFRESH) return refresh
  return field.fail('it must be a duration from 5s to 168h, such as 30s or 10m')
}

function allowedOf(entry: Located): AllowedRegistry {
  const { domainName, insecure } = entry.fields(['domainName', 'insecure'])
  const name = (
    domainName ?? entry.fail('it has no domainName: write the host, such as quay.io or *.example.com')
  ).text()
  if (!/^[A-Za-z0-9.*?_-]+(?::[0-9*?]+)?$/.test(name))
    domainName!.fail(`${quote(name)} is no host[:port], in which * stands for any characters and ? for one`)
  return { domainName: name, ...(insecure && { insecure: insecure.flag() }) }
}

function proxySettingsOf(field: Located): ProxySettings {
  const { http, https, noProxy, resolvesNames } = field.fields(['http', 'https', 'noProxy', 'resolvesNames'])
  return {
    ...(http && { http: proxyOf(http) }),
    ...(https && { https: proxyOf(https) }),
    ...(noProxy && { noProxy: noProxy.list(MOST_HOSTS).map((host) => host.text()) }),
    ...(resolvesNames && { resolvesNames: resolvesNames.flag() }),
  }
}

/** It may hold a password, so it is not repeated in an error. */
function proxyOf(field: Located): string {
  const text = field.text()
  const url = URL.parse(text)
  const bare = url && url.pathname === '/' && url.search === '' && url.hash === ''
  if (bare && (url.protocol === 'http:' || url.protocol === 'https:')) return text
  return field.fail('it must be the URL of a proxy, such as http://proxy.example.com:3128')
}

/** What is about connections and users, which no path has of its own. */
const HOST_FIELDS = ['ca', 'caFile', 'clientCertificate', 'proxy', 'rate', 'credentials'] as const
const REGISTRY_FIELDS = ['prefix', 'mirrors', 'mirrorsOnly', ...HOST_FIELDS] as const

function registryOf(entry: Located, surroundings: Surroundings, seen: Set<string>): RegistryConfiguration {
  const fields = entry.fields(REGISTRY_FIELDS)
  const { ca, caFile, clientCertificate, credentials, mirrors, mirrorsOnly, rate } = fields
  if (ca && caFile) caFile.fail('there is ca, too: leave one of them out')
  const only = mirrorsOnly?.flag() ?? false
  const prefix = prefixOf(fields.prefix ?? entry.fail('it has no prefix: write which registry it is about'), seen)
  for (const name of HOST_FIELDS)
    if (prefix.includes('/') && fields[name])
      fields[name].fail(`it is about a host as a whole: write it for the prefix ${quote(prefix.split('/')[0])}`)
  if (only && !mirrors) mirrorsOnly!.fail('there are no mirrors: name some, or leave it out')
  return {
    prefix,
    ...(mirrors && { mirrors: mirrorsOf(mirrors) }),
    ...(only && { mirrorsOnly: only }),
    ...(ca && { ca: pemOf(ca) }),
    ...(caFile && { caFile: fileOf(caFile, surroundings, 'write the certificates under ca') }),
    ...(clientCertificate && { clientCertificate: clientCertificateOf(clientCertificate, surroundings) }),
    ...(fields.proxy && { proxy: ownProxyOf(fields.proxy) }),
    ...(rate && { rate: rateOf(rate) }),
    ...(credentials && { credentials: credentialsOf(credentials) }),
  }
}

function prefixOf(field: Located, seen: Set<string>): string {
  const text = field.text()
  const problem = 'is no host[:port][/path], such as quay.io/team or *.example.com: write it without scheme and tag'
  const prefix = locationText(parseLocation(text, true) ?? field.fail(`${quote(text)} ${problem}`))
  if (seen.has(prefix)) field.fail(`there is another entry with the prefix ${quote(prefix)}: make one of both`)
  seen.add(prefix)
  return prefix
}

function mirrorsOf(field: Located): Mirror[] {
  const mirrors = field.list(MOST_MIRRORS).map(mirrorOf)
  return mirrors.length > 0 ? mirrors : field.fail('it is empty: name a mirror, or leave it out')
}

function mirrorOf(entry: Located): Mirror {
  const { location, insecure } = entry.fields(['location', 'insecure'])
  if (!location) return entry.fail('it has no location: write where the mirror is')
  const text = location.text()
  const problem = 'is no host[:port][/path], such as mirror.example.com/quay: write it without scheme and tag'
  const parsed = parseLocation(text) ?? location.fail(`${quote(text)} ${problem}`)
  return { location: locationText(parsed), ...(insecure && { insecure: insecure.flag() }) }
}

function pemOf(field: Located): string {
  const pem = field.text(MAX_PEM)
  if (/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/.test(pem)) return pem
  return field.fail('it holds no certificate in PEM: -----BEGIN CERTIFICATE----- …')
}

function fileOf(field: Located, { files }: Surroundings, instead: string): string {
  return files ? field.text() : field.fail(`a server in the cluster reads no files: ${instead}`)
}

function clientCertificateOf(field: Located, surroundings: Surroundings): ClientCertificate {
  const { certFile, keyFile, secret } = field.fields(['certFile', 'keyFile', 'secret'])
  if (secret) {
    if (certFile || keyFile) field.fail('it has a secret and files: leave one of them out')
    if (!surroundings.secrets) secret.fail('there is no cluster that has Secrets: name files by certFile and keyFile')
    const name = secret.text()
    if (/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(name)) return { secret: name }
    secret.fail(`${quote(name)} is no name of a Secret`)
  }
  if (!certFile || !keyFile)
    field.fail(
      `it needs ${surroundings.files ? 'certFile and keyFile' : 'secret: the name of a kubernetes.io/tls Secret'}`,
    )
  const instead = 'put both into a kubernetes.io/tls Secret, and name that by secret'
  return { certFile: fileOf(certFile, surroundings, instead), keyFile: fileOf(keyFile, surroundings, instead) }
}

const ownProxyOf = (field: Located): string => (field.text() === 'none' ? 'none' : proxyOf(field))

function rateOf(field: Located): Rate {
  const [, requests = '', period = ''] = /^([1-9][0-9]{0,6})\/(.+)$/.exec(field.text()) ?? []
  const per = parseGoDuration(/^[a-z]/.test(period) ? `1${period}` : period)
  if (requests !== '' && per !== undefined && per >= 1000 && per <= LONGEST_PERIOD)
    return { requests: Number(requests), per }
  return field.fail('it must be requests/duration, such as 100/1h or 10/s: from a second to 24h')
}

const isHelper = (text: string): text is CredentialHelper => Object.hasOwn(CREDENTIAL_SETTINGS, text)

function credentialsOf(field: Located): CloudCredentials {
  const helpers = Object.keys(CREDENTIAL_SETTINGS)
  const known = [...new Set(Object.values(CREDENTIAL_SETTINGS).flat())]
  const { helper, ...given } = field.fields<string>(['helper', ...known])
  if (!helper) return field.fail(`it has no helper: write one of ${helpers.join(', ')}`)
  const name = helper.text()
  if (!isHelper(name)) return helper.fail(`there is no helper ${quote(name)}: write one of ${helpers.join(', ')}`)
  const mine: readonly string[] = CREDENTIAL_SETTINGS[name]
  const settings: Record<string, string> = {}
  for (const [key, value] of Object.entries(given)) {
    if (!value) continue
    if (!mine.includes(key)) value.fail(`the helper ${name} does not know it: it knows ${mine.join(', ')}`)
    settings[key] = value.text()
  }
  return { helper: name, settings }
}

// Which proxy a request goes through, by the rules of Go programs. https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
import type { ProxySettings } from '../core/registries/configuration.ts'
import { contains, parseAddress, parseCidr } from './cidr.ts'

/** URL of the proxy for an origin; undefined: directly. */
export function proxyFor({ http, https, noProxy = [] }: ProxySettings, origin: URL): string | undefined {
  const proxy = origin.protocol === 'https:' ? https : http
  if (proxy === undefined) return undefined
  const host = origin.hostname.replace(/^\[|\]$|\.$/g, '')
  const port = origin.port || (origin.protocol === 'https:' ? '443' : '80')
  return isLocal(host) || noProxy.some((entry) => covers(entry, host, port)) ? undefined : proxy
}

const LOOPBACK = parseCidr('127.0.0.0/8')!

/** A proxy would take its own machine for ours. */
function isLocal(host: string): boolean {
  const address = parseAddress(host)
  return address ? host === '::1' || contains(LOOPBACK, address) : host === 'localhost'
}

/** `*`, `host[:port]` with all below it, `.domain` or `*.domain` for what is below it only, an address, a range. */
function covers(entry: string, host: string, port: string): boolean {
  const wanted = entry.trim().toLowerCase()
  if (wanted === '*') return true
  const address = parseAddress(host)
  const range = parseCidr(wanted)
  if (range) return address !== undefined && contains(range, address)
  const [, name = wanted, wantedPort] = /^(.+?)(?::(\d+))?$/.exec(wanted) ?? []
  if (wantedPort !== undefined && wantedPort !== port) return false
  const bare = name.replace(/^\[|\]$/g, '')
  if (address) return bare === host
  if (bare.startsWith('.') || bare.startsWith('*.')) return host.endsWith(bare.replace(/^\*/, ''))
  return host === bare || host.endsWith(`.${bare}`)
}

/** A variable of the environment that says something else than a proxy. */
export class ProxyVariableError extends Error {
  override name = 'ProxyVariableError'
}

type Environment = Readonly<Record<string, string | undefined>>

/** What HTTP_PROXY, HTTPS_PROXY and NO_PROXY say, or the same in lower case. Throws ProxyVariableError. */
export function proxiesOf(env: Environment): ProxySettings {
  const http = variable(env, 'HTTP_PROXY')
  const https = variable(env, 'HTTPS_PROXY')
  const noProxy = env['NO_PROXY'] || env['no_proxy']
  return {
    ...(http !== undefined && { http }),
    ...(https !== undefined && { https }),
    ...(noProxy && { noProxy: noProxy.split(',').filter((entry) => entry.trim() !== '') }),
  }
}

/** It may hold a password, and is not repeated in an error. */
function variable(env: Environment, name: string): string | undefined {
  const text = env[name] || env[name.toLowerCase()]
  if (!text) return undefined
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url.href
  throw new ProxyVariableError(
    `${name} is no URL of a proxy for HTTP, such as http://proxy.example.com:3128: correct or unset it`,
  )
}

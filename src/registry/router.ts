// How registries, their token servers and where they redirect to are reached, by what the administrator says of their hosts.
import type { ProxySettings, RegistryConfiguration } from '../core/registries/configuration.ts'
import type { Registries } from '../core/registries/prefix.ts'
import { proxyFor } from '../http/proxyChoice.ts'
import type { Router, TlsMaterial } from '../http/route.ts'

/** `current` is asked for each request. `environment`: the proxies that count where the configuration names none. */
export function createRouter(current: () => Registries, environment: ProxySettings): Router {
  const materials = new WeakMap<RegistryConfiguration, TlsMaterial>()

  function tlsOf(entry: RegistryConfiguration): TlsMaterial | undefined {
    const { ca, client } = entry
    if (ca === undefined && !client) return undefined
    let material = materials.get(entry)
    if (!material) materials.set(entry, (material = { ca, client }))
    return material
  }

  return (origin) => {
    const { configuration, find, isMirror } = current()
    // A path has no connection of its own: TLS is negotiated before it is named.
    const entry = find(origin.host)
    const { proxy: general = environment } = configuration
    const proxies = general.http === undefined && general.https === undefined ? environment : general
    const proxy = entry?.proxy ?? proxyFor(proxies, origin)
    return {
      tls: entry && tlsOf(entry),
      proxy: proxy === 'none' ? undefined : proxy,
      trusted: isMirror(origin.host),
      resolvesNames: configuration.proxy?.resolvesNames,
    }
  }
}

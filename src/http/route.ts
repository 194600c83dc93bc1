// How an origin is reached, and whom it is believed by.

/** See above. Without anything: directly, and by the system's certificates. */
export interface Route {
  /** The same object means the same connections. */
  tls?: TlsMaterial | undefined
  /** URL of the proxy; http or https. May hold a password. */
  proxy?: string | undefined
  /** Whoever runs this server has named the host as a place to go to: its address is not checked. */
  trusted?: boolean | undefined
  /** Names are resolved by the proxy alone, and not looked up here before. */
  resolvesNames?: boolean | undefined
}

/** PEM. */
export interface TlsMaterial {
  /** Trusted beside the system's. */
  ca?: string | undefined
  /** What is shown to a server that asks for a certificate. */
  client?: { cert: string; key: string } | undefined
}

/** The route to an origin: `https://host:port`. */
export type Router = (origin: URL) => Route

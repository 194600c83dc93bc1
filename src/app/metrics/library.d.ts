// The parts of the library that are used, each by its own path: its front door also loads OpenTelemetry's API, for a feature that is
// not used here. See docs/adr/0042-metrics.md.
declare module '@prometheus-io/client/lib/registry.js' {
  export { Registry as default } from '@prometheus-io/client'
}
declare module '@prometheus-io/client/lib/counter.js' {
  export { Counter as default } from '@prometheus-io/client'
}
declare module '@prometheus-io/client/lib/metrics/*.js' {
  import type { Registry } from '@prometheus-io/client'
  /** Adds metrics of its kind to the registry. */
  export default function add(registry: Registry, options?: { eventLoopMonitoringPrecision?: number }): void
}

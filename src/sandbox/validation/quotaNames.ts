// The names that ResourceQuotas may use without a domain.

/** Names without a domain that are counted in whole numbers. */
const COUNTS = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
  'services.loadbalancers',
  'services.nodeports',
])
const COMPUTE = new Set(['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'])
const STORAGE = new Set([
  'ephemeral-storage',
  'limits.ephemeral-storage',
  'requests.ephemeral-storage',
  'requests.storage',
])
const HUGE_PAGES = /^(requests\.)?hugepages-/

/** A name that Kubernetes knows. */
export const isStandard = (name: string): boolean =>
  COUNTS.has(name) || COMPUTE.has(name) || STORAGE.has(name) || HUGE_PAGES.test(name)

/** Things of other domains than Kubernetes' own are counted, too. */
export function isCountName(name: string): boolean {
  const isForeign = name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.')
  return COUNTS.has(name) || isForeign
}

/** What pods use, or pods themselves. */
export function isOfPods(name: string): boolean {
  return name === 'pods' || COMPUTE.has(name)
}

// Comparing resourceVersions: decimal integers since Kubernetes 1.35 says so.
// https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/5504-comparable-resource-version

/** Negative, 0 or positive, as a sorts before, with or after b. A version that is no integer, or none, sorts before all. */
export function compareVersions(a: string | undefined, b: string | undefined): number {
  return order(a) - order(b) || 0
}

function order(version: string | undefined): number {
  return version !== undefined && /^[0-9]+$/.test(version) ? Number(version) : -1
}

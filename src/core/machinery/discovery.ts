// Discovery: what a server serves, as clients ask for it: per group, per version, or everything at once (aggregated).
// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api
import { hash } from './hash.ts'
import { apiVersionOf } from './object.ts'
import type { Resource, Subresource } from './resource.ts'

/** The resources of one version of a group. */
export interface GroupVersion {
  group: string
  version: string
  resources: readonly Resource[]
}

/** The resources by group and version, in the order in which groups were first named. */
export function groupVersions(resources: readonly Resource[]): GroupVersion[] {
  const found = Map.groupBy(resources, apiVersionOf)
  return [...found.values()].map((list) => ({
    group: list[0]!.group,
    version: list[0]!.version,
    resources: list.toSorted((a, b) => (a.plural < b.plural ? -1 : 1)),
  }))
}

/** meta/v1 APIGroup. Versions come in the order of declaration; the first is preferred. */
export function apiGroup(versions: readonly GroupVersion[]): object {
  const list = versions.map((v) => ({ groupVersion: apiVersionOf(v), version: v.version }))
  return { name: versions[0]!.group, versions: list, preferredVersion: list[0] }
}

/** meta/v1 APIGroupList of all named groups. */
export function apiGroupList(all: readonly GroupVersion[]): object {
  const groups = Map.groupBy(
    all.filter((v) => v.group !== ''),
    (v) => v.group,
  )
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: [...groups.values()].map(apiGroup) }
}

/** meta/v1 APIResourceList of one version, subresources as entries of their own. */
export function apiResourceList(version: GroupVersion): object {
  const resources = version.resources.flatMap((r) => [
    resourceEntry(r),
    ...(r.subresources ?? []).map((s) => subresourceEntry(r, s)),
  ])
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf(version), resources }
}

function resourceEntry(r: Resource): object {
  return {
    name: r.plural,
    singularName: r.singular,
    namespaced: r.namespaced,
    kind: r.kind,
    verbs: r.verbs.toSorted(),
    ...(r.shortNames?.length && { shortNames: r.shortNames }),
    ...(r.categories?.length && { categories: r.categories }),
    ...(r.stored && { storageVersionHash: storageVersionHash(r) }),
  }
}

function subresourceEntry(r: Resource, s: Subresource): object {
  return {
    name: `${r.plural}/${s.name}`,
    singularName: '',
    namespaced: r.namespaced,
    ...(s.group !== undefined && s.group !== r.group && { group: s.group, version: s.version ?? r.version }),
    kind: s.kind ?? r.kind,
    verbs: s.verbs.toSorted(),
  }
}

/** Changes when the kind is stored in another version: eight bytes of a hash, as Kubernetes makes it. */
function storageVersionHash(r: Resource): string {
  return hash('sha256', `${r.group}/${r.version}/${r.kind}`).subarray(0, 8).toString('base64')
}

/** apidiscovery.k8s.io APIGroupDiscoveryList, of the core group (`/api`) or of all others (`/apis`). */
export function aggregatedDiscovery(all: readonly GroupVersion[], version: 'v2' | 'v2beta1', core: boolean): object {
  const groups = Map.groupBy(
    all.filter((v) => (v.group === '') === core),
    (v) => v.group,
  )
  const items = [...groups].map(([name, versions]) => ({
    metadata: name ? { name } : {},
    versions: versions.map((v) => ({
      version: v.version,
      resources: v.resources.map(discoveryEntry),
      freshness: 'Current',
    })),
  }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items }
}

function discoveryEntry(r: Resource): object {
  const kindOf = (s?: Subresource): object => ({
    group: s?.group ?? r.group,
    version: s?.version ?? r.version,
    kind: s?.kind ?? r.kind,
  })
  return {
    resource: r.plural,
    responseKind: kindOf(),
    scope: r.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: r.singular,
    verbs: r.verbs.toSorted(),
    ...(r.shortNames?.length && { shortNames: r.shortNames }),
    ...(r.categories?.length && { categories: r.categories }),
    ...(r.subresources?.length && {
      subresources: r.subresources.map((s) => ({
        subresource: s.name,
        responseKind: kindOf(s),
        verbs: s.verbs.toSorted(),
      })),
    }),
  }
}

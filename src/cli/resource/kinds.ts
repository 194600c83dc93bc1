// Kinds that commands know without asking the server, by every word that kubectl takes for them.
import type { PatchType } from '../../core/machinery/client.ts'
import type { ResourceRef } from '../../core/machinery/object.ts'

/** A kind with all that URLs and texts need of it. */
export interface KnownKind extends ResourceRef {
  kind: string
  singular: string
  namespaced: boolean
}

const CLUSTER_SCOPED: readonly string[] = ['Image', 'ImageSignature']

const kind = (group: string, name: string, ...short: string[]): [KnownKind, string[]] => {
  const singular = name.toLowerCase()
  const namespaced = !CLUSTER_SCOPED.includes(name)
  return [{ group, version: 'v1', plural: `${singular}s`, kind: name, singular, namespaced }, short]
}

const report = (name: string, plural: string, namespaced: boolean): [KnownKind, string[]] => {
  const singular = name.toLowerCase()
  return [{ group: 'millrace.dev', version: 'v1alpha1', plural, kind: name, singular, namespaced }, []]
}

const KINDS: readonly [KnownKind, string[]][] = [
  kind('apps', 'Deployment', 'deploy'),
  kind('apps', 'DaemonSet', 'ds'),
  kind('apps', 'StatefulSet', 'sts'),
  kind('apps', 'ReplicaSet', 'rs'),
  kind('batch', 'CronJob', 'cj'),
  kind('batch', 'Job'),
  kind('', 'Pod', 'po'),
  kind('image.openshift.io', 'ImageStream', 'is'),
  kind('image.openshift.io', 'ImageStreamTag', 'istag'),
  kind('image.openshift.io', 'ImageStreamImage', 'isimage'),
  kind('image.openshift.io', 'ImageTag', 'itag'),
  kind('image.openshift.io', 'Image'),
  kind('image.openshift.io', 'ImageSignature'),
  report('Import', 'imports', true),
  report('Registry', 'registries', false),
  kind('apps.openshift.io', 'DeploymentConfig', 'dc'),
  kind('build.openshift.io', 'BuildConfig', 'bc'),
]

const BY_WORD = new Map<string, KnownKind>()
for (const [known, short] of KINDS) {
  for (const word of [known.plural, known.singular, ...short]) BY_WORD.set(word, known)
}

/** The kind that a word such as "deploy", "deployments.apps" or "cronjobs.v1.batch" means, if it is known. */
export function knownKind(word: string): KnownKind | undefined {
  const [name = '', ...rest] = word.toLowerCase().split('.')
  const found = BY_WORD.get(name)
  if (!found || rest.length === 0) return found
  const suffix = rest.join('.')
  return suffix === found.group || suffix === `${found.version}.${found.group}` ? found : undefined
}

/** The known kind of an object. */
export function kindOfObject(apiVersion: string, name: string): KnownKind | undefined {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  return KINDS.find(([known]) => known.kind === name && known.group === group)?.[0]
}

/**
 * The type of a merge patch that the server of a kind takes: custom resources know no strategic ones. All groups of theirs have a
 * dot. As long as no list is in it, a patch means the same as either.
 */
export function mergeType({ group, plural }: ResourceRef): Extract<PatchType, 'strategic' | 'merge'> {
  const strategic = !group.includes('.') || KINDS.some(([known]) => known.group === group && known.plural === plural)
  return strategic ? 'strategic' : 'merge'
}

// Custom resources come and go with their definitions. Asking for what is not served costs a failing request each time; its
// definition can be watched, and tells when there is something to ask for. It is one object, found by its name, so that the right
// to see it is the right to see nothing else.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
import { qualified, type KubeObject } from '../core/machinery/object.ts'
import { ListWatch, type ListWatchOptions } from './listWatch.ts'

/** What is looked at in a CustomResourceDefinition of apiextensions.k8s.io/v1. */
export interface Definition extends KubeObject {
  spec?: { versions?: readonly { name: string; served: boolean }[] }
  status?: { conditions?: readonly { type: string; status: string }[] }
}

/** What happens to a resource. Calls and ends of work come one at a time. */
export interface Presence {
  /** It is served until the signal aborts; then this has to resolve. Called again when it is served again. */
  present(until: AbortSignal): Promise<void>
  /** It is known not to be served. Called at the beginning, too. */
  absent(): void
}

const DEFINITIONS = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' }

/** Versions in which objects can be read and written. None before the cluster has accepted the names. */
export function servedVersions({ spec, status }: Definition): string[] {
  const accepted = status?.conditions?.some((c) => c.type === 'Established' && c.status === 'True')
  return accepted ? (spec?.versions ?? []).flatMap(({ name, served }) => (served ? name : [])) : []
}

/** Follows the definition of `resource` until the signal aborts and work has ended. Never rejects. */
export async function whileServed(options: ListWatchOptions, presence: Presence): Promise<void> {
  const { resource, log } = options
  const { group, version, plural } = resource
  let working = Promise.resolve()
  let stopper: AbortController | undefined
  let told: string | undefined

  const start = (): void => {
    const { signal: until } = (stopper = new AbortController())
    working = working.then(() => presence.present(until))
  }
  const stop = (): void => {
    stopper?.abort()
    stopper = undefined
    working = working.then(() => presence.absent())
  }
  const learn = (definition: Definition | undefined): void => {
    const versions = definition && servedVersions(definition)
    const served = versions?.includes(version) ?? false
    const state = served ? 'served' : (versions?.join() ?? 'undefined')
    if (state === told) return
    told = state
    if (served) log.info({ resource: plural, group, version }, 'a custom kind of workload is served: following it')
    else if (versions?.length)
      log.warn(
        { resource: plural, group, version, versions },
        'a custom kind of workload is not served in this version',
      )
    else log.info({ resource: plural, group, version }, 'a custom kind of workload is not served: waiting for it')
    if (!served) stop()
    else if (!stopper) start()
  }
  const definition = new ListWatch<Definition>(
    { ...options, resource: DEFINITIONS, fieldSelector: `metadata.name=${qualified(resource, plural)}` },
    {
      replace: ([found]) => learn(found),
      apply: ({ type, object }, ahead) => {
        if (ahead && type !== 'BOOKMARK') learn(type === 'DELETED' ? undefined : object)
      },
      // Then nobody tells, and asking for the resource itself is all that is left.
      denied: () => {
        told = undefined
        if (!stopper) start()
      },
    },
  )
  await definition.run()
  stopper?.abort()
  await working
}

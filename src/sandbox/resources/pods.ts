// Pods. The cluster has one node, so a pod is placed when it is created.
import type { Resource, Rules } from '../../core/machinery/resource.ts'
import { ApiError } from '../../core/machinery/status.ts'
import type { StoredEndpoint, StoredFactory } from '../../core/machinery/stored.ts'
import { podColumns } from '../columns/pod.ts'
import { defaultPod } from '../defaults/pod.ts'
import { podLog } from '../log.ts'
import { NODE } from '../node.ts'
import { qosClassOf } from '../qos.ts'
import { Pod } from '../types/pod.ts'
import { validatePod } from '../validation/pod.ts'
import { declare, statusRules } from './declare.ts'

const GRACE_SECONDS = 30
/** How long a pod stays on a node that fails; every pod gets these tolerations. */
const EVICTION_SECONDS = 300
const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

/** What admission plugins and the scheduler of a real cluster do to a new pod. */
function admit({ spec, status }: Pod): void {
  spec.serviceAccountName = spec.serviceAccount = spec.serviceAccountName || 'default'
  spec.priority ??= 0
  spec.preemptionPolicy ??= 'PreemptLowerPriority'
  const tolerations = spec.tolerations ?? []
  for (const key of TAINTS) {
    if (tolerations.some((t) => t.key === key || (!t.key && t.operator === 'Exists'))) continue
    tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: EVICTION_SECONDS })
  }
  spec.tolerations = tolerations
  if (!spec.schedulingGates) spec.nodeName ||= NODE
  status.qosClass = qosClassOf(spec)
}

const fields: Rules<Pod>['fields'] = {
  'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
  'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
  'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
  'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
  'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
  'status.phase': ({ status }) => status.phase ?? '',
  'status.podIP': ({ status }) => status.podIP ?? '',
  'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
}

const rules: Rules<Pod> = {
  defaults: defaultPod,
  prepareForCreate(object) {
    object.status = { phase: 'Pending' }
    admit(object)
  },
  prepareForUpdate(object, old) {
    object.status = old.status
  },
  validate: validatePod,
  fields,
  gracePeriodSeconds({ spec, status }) {
    const ended = status.phase === 'Succeeded' || status.phase === 'Failed'
    return ended || !spec.nodeName ? 0 : (spec.terminationGracePeriodSeconds ?? GRACE_SECONDS)
  },
}

const logSubresource = (endpoint: StoredEndpoint<Pod>) => ({
  name: 'log',
  verbs: ['get'] as const,
  endpoint: {
    raw: async (context: Parameters<typeof endpoint.get>[0], name: string, query: URLSearchParams) => ({
      contentType: 'text/plain',
      body: podLog(await endpoint.get(context, name), query),
    }),
  },
})

/** exec and the like, which need a container that runs: they say why there is none. */
const missingSubresource = (endpoint: StoredEndpoint<Pod>, name: string) => ({
  name,
  verbs: ['create', 'get'] as const,
  endpoint: {
    raw: async (context: Parameters<typeof endpoint.get>[0], pod: string): Promise<never> => {
      await endpoint.get(context, pod)
      throw new ApiError(
        501,
        '',
        `the sandbox of Millrace runs no containers, so there is no ${name}; kubectl logs shows what would run`,
      )
    },
  },
})

/** pods, with status and log. */
export function podResources(stored: StoredFactory): Resource[] {
  return [
    declare<Pod>(stored, {
      group: '',
      kind: 'Pod',
      plural: 'pods',
      shortNames: ['po'],
      categories: ['all'],
      schema: Pod,
      columns: podColumns,
      rules,
      status: statusRules(rules),
      subresources: (endpoint) => [
        logSubresource(endpoint),
        ...['attach', 'exec', 'portforward'].map((name) => missingSubresource(endpoint, name)),
      ],
    }),
  ]
}

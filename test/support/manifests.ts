// Workloads that tests and benchmarks create.

/** The annotation that says which image stream tag a container follows. */
export const TRIGGERS = 'image.openshift.io/triggers'

export interface WorkloadOptions {
  kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'CronJob' | 'ReplicationController'
  image: string
  /** Value of the triggers annotation. */
  triggers?: string
  /** Image of an init container named `init`. */
  init?: string
  replicas?: number
  /** Further fields of a Deployment's spec. */
  spec?: object
}

/** A workload whose only container bears its name. */
export function workload(name: string, options: WorkloadOptions): object {
  const { kind = 'Deployment', image, triggers, init, replicas = 1, spec } = options
  const labels = { app: name }
  const pod = {
    ...(init && { initContainers: [{ name: 'init', image: init }] }),
    containers: [{ name, image, command: ['sleep', 'infinity'] }],
  }
  const metadata = { name, ...(triggers !== undefined && { annotations: { [TRIGGERS]: triggers } }) }
  if (kind === 'CronJob') {
    const jobTemplate = { spec: { template: { spec: { ...pod, restartPolicy: 'Never' } } } }
    return { apiVersion: 'batch/v1', kind, metadata, spec: { schedule: '0 0 1 1 *', jobTemplate } }
  }
  const template = { metadata: { labels }, spec: pod }
  const elder = kind === 'ReplicationController'
  return {
    apiVersion: elder ? 'v1' : 'apps/v1',
    kind,
    metadata,
    spec: {
      ...(kind !== 'DaemonSet' && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: elder ? labels : { matchLabels: labels },
      template,
      ...spec,
    },
  }
}

/** The path of a container's image as the annotation writes it. */
export function fieldPath(container: string, kind: WorkloadOptions['kind'] = 'Deployment'): string {
  const base = kind === 'CronJob' ? 'spec.jobTemplate.spec.template.spec' : 'spec.template.spec'
  return `${base}.containers[?(@.name=="${container}")].image`
}

/** An annotation with one entry: container follows tag (`STREAM:TAG`). */
export function triggersFor(
  tag: string,
  container: string,
  more: { kind?: WorkloadOptions['kind']; paused?: boolean; namespace?: string } = {},
): string {
  const { kind, paused, namespace } = more
  const from = { kind: 'ImageStreamTag', name: tag, ...(namespace && { namespace }) }
  return JSON.stringify([{ from, fieldPath: fieldPath(container, kind), ...(paused !== undefined && { paused }) }])
}

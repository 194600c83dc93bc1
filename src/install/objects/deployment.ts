// The Deployment of the server.
import { labelsOf, SELECTOR, type Manifest } from '../manifest.ts'
import { NAME, POD_IP } from '../names.ts'
import type { Settings } from '../settings.ts'
import { CONTAINER_PORT, PORT_NAME } from './service.ts'

/** A user that no node has. */
const USER = 65_532

/** Seconds that a pod that is to end goes on answering, until nobody is sent to it any more. */
const SHUTDOWN_DELAY = 5
/** Seconds after which it is killed: the delay, answers and watches that are ended, controllers that finish what they do. */
const GRACE = 60

/** Memory grows with the number of streams: 10,000 take less than 400 MB (docs/benchmarks.md). */
const RESOURCES = { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '1Gi' } }

const probe = (path: string, more: object): object => ({
  httpGet: { path, port: PORT_NAME, scheme: 'HTTPS' },
  timeoutSeconds: 5,
  ...more,
})

/** Replicas share everything through the cluster, so that there may be any number. */
export function deployment(settings: Settings): Manifest {
  const { namespace, replicas, version } = settings
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace },
    spec: {
      replicas,
      revisionHistoryLimit: 5,
      selector: { matchLabels: SELECTOR },
      // A new pod answers before an old one goes: while none does, no namespace of the cluster can be deleted.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: labelsOf(version) },
        spec: podSpec(settings),
      },
    },
  }
}

function podSpec(settings: Settings): object {
  const { imagePullSecrets, priorityClassName } = settings
  return {
    serviceAccountName: NAME,
    ...(imagePullSecrets.length > 0 && { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
    ...(priorityClassName && { priorityClassName }),
    terminationGracePeriodSeconds: GRACE,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // Preferred, not required: a cluster of one node has image streams as well.
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [apart(100)] } },
    topologySpreadConstraints: [
      {
        topologyKey: 'topology.kubernetes.io/zone',
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: SELECTOR },
      },
    ],
    containers: [container(settings)],
  }
}

const apart = (weight: number): object => ({
  weight,
  podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: SELECTOR } },
})

function container(settings: Settings): object {
  const { image, imagePullPolicy, logLevel, certificates, workloadKinds, allowRegistryAddresses, refresh } = settings
  return {
    name: 'server',
    image,
    imagePullPolicy,
    args: [
      'server',
      `--port=${CONTAINER_PORT}`,
      `--shutdown-delay=${SHUTDOWN_DELAY}s`,
      `--log-level=${logLevel}`,
      `--certificates=${certificates}`,
      `--refresh=${refresh}`,
      ...workloadKinds.map((kind) => `--workload-kind=${kind}`),
      ...allowRegistryAddresses.map((range) => `--allow-registry-address=${range}`),
    ],
    // Other replicas ask the one that leads. With the version, which Kubernetes would add: nobody else is to own a part of it.
    env: [{ name: POD_IP, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
    ports: [{ name: PORT_NAME, containerPort: CONTAINER_PORT, protocol: 'TCP' }],
    startupProbe: probe('/livez', { periodSeconds: 2, failureThreshold: 60 }),
    livenessProbe: probe('/livez', { periodSeconds: 10, failureThreshold: 6 }),
    readinessProbe: probe('/readyz', { periodSeconds: 2, failureThreshold: 2 }),
    resources: RESOURCES,
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  }
}

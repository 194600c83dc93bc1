// docs/metrics.md, from the declarations.
import { ReviewMeter as WebhookMeter } from '../../admission/measure.ts'
import { ReviewMeter } from '../../apiserver/delegated/measure.ts'
import { RequestMeter } from '../../apiserver/measure.ts'
import { ImportMeter } from '../../controllers/importMeter.ts'
import { QueueMeter } from '../../controllers/queueMeter.ts'
import { checkMeter } from '../../controllers/schedule/measure.ts'
import { triggerMeter } from '../../controllers/triggers/measure.ts'
import { createOutbound } from '../../http/outbound.ts'
import { followMeter, RequestMeter as ClusterMeter } from '../../kube/measure.ts'
import { budgetMeter } from '../../registry/budgetMeter.ts'
import { measuredImporter, measuredOutbound } from '../../registry/measure.ts'
import { renewalCounter } from '../../registry/clouds/credentials.ts'
import { openMemory } from '../../store/memory.ts'
import { measuredMastership } from '../cluster/mastership.ts'
import { HookMeter } from '../hooks/measure.ts'
import { processMetrics } from './process.ts'
import { PrometheusMetrics, type Described } from './prometheus.ts'
import { storedObjects } from './storedObjects.ts'

/** Everything that can be measured, and where. */
const SECTIONS: readonly [title: string, declare: (metrics: PrometheusMetrics) => unknown][] = [
  ['The API', (m) => [new RequestMeter(m), storedObjects(m, openMemory(), [])]],
  ['Users and rights, asked of the cluster', (m) => [new ReviewMeter(m, 'authn'), new ReviewMeter(m, 'authz')]],
  ['Admission in a cluster', (m) => new WebhookMeter(m)],
  [
    'Imports',
    (m) => [
      measuredImporter(() => Promise.reject(), m),
      new ImportMeter(m),
      measuredOutbound(createOutbound(), m),
      renewalCounter(m),
      budgetMeter(m),
      checkMeter(m),
    ],
  ],
  ['Webhooks of registries', (m) => new HookMeter(m)],
  ['Triggers', triggerMeter],
  ['Controllers', (m) => [new QueueMeter(m, ''), measuredMastership(m, '', () => Promise.resolve())]],
  [
    'Requests to the cluster',
    (m) => [new ClusterMeter(m, ''), followMeter(m, { group: '', version: 'v1', plural: '' })],
  ],
  ['The process', (m) => processMetrics(m, '')],
]

/** Only where there is /proc: the page is to be the same wherever it is made. */
const LINUX_ONLY: ReadonlySet<string> = new Set([
  'process_heap_bytes',
  'process_max_fds',
  'process_open_fds',
  'process_virtual_memory_bytes',
])

/** All metrics, by section. */
export function declaredMetrics(): { title: string; metrics: Described[] }[] {
  return SECTIONS.map(([title, declare]) => {
    const metrics = new PrometheusMetrics()
    declare(metrics)
    return { title, metrics: metrics.describe() }
  })
}

/** The page, in Markdown. */
export function metricsPage(): string {
  return `# Metrics

The tables are made from the source; a test keeps them so.

\`/metrics\` answers in Prometheus' text format. Names are those of Kubernetes and OpenShift where they have one, so that dashboards and alerts
made for a kube-apiserver, for controllers and for clients work. Labels have few values: no names of objects, namespaces or users. Hosts of
registries, which users choose, and receivers of webhooks are \`other\` beyond the first fifty.

## Who may read them

As in Kubernetes, whoever has the right to \`get\` the path \`/metrics\`, which is no resource:

\`\`\`yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: metrics-reader }
rules:
  - { nonResourceURLs: [/metrics], verbs: [get] }
\`\`\`

Others get 403, and 401 without a credential. Prometheus is usually installed with that right.

- **Standalone:** \`kubectl get --raw /metrics\`.
- **In a cluster:** each replica tells only of itself, and a kube-apiserver does not pass \`/metrics\` on: ask the pods, by HTTPS, with the token of
  a ServiceAccount. Controllers run in the replica that leads: the others show their metrics as 0, or not at all.

\`\`\`yaml
- job_name: millrace
  scheme: https
  authorization: { credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token }
  tls_config: { ca_file: /etc/millrace/ca.crt, server_name: millrace.millrace.svc } # ca.crt of the Secret millrace-serving, or millrace-cert-manager
  kubernetes_sd_configs: [{ role: endpoints, namespaces: { names: [millrace] } }]
  relabel_configs:
    - { source_labels: [__meta_kubernetes_service_name], regex: millrace, action: keep }
\`\`\`

## What to look at

- \`rate(millrace_reflector_lists_total[10m])\`: 0 when nothing is wrong. Lists are asked for at the start, and when a watch was lost.
- \`sum(leader_election_master_status)\`: 1. For more than 15 seconds 0, and nobody imports or triggers.
- \`histogram_quantile(0.99, sum by (le) (rate(millrace_admission_review_duration_seconds_bucket[5m])))\`: the cluster waits for it.
- \`rate(millrace_import_images_total{reason!="Success"}[1h])\`: images that cannot be imported, and why.
- \`rate(workqueue_retries_total[10m])\`: work that fails and is tried again; the log says why.

${declaredMetrics()
  .map(({ title, metrics }) => `## ${title}\n\n${table(metrics)}`)
  .join('\n')}
On Linux also ${[...LINUX_ONLY].map((name) => `\`${name}\``).join(', ')}.
`
}

function table(metrics: readonly Described[]): string {
  const everywhere = metrics.filter(({ name }) => !LINUX_ONLY.has(name))
  const rows = everywhere.map(({ name, type, labels, help }) => {
    const shown = labels.map((label) => `\`${label}\``).join(', ')
    return `| \`${name}\` | ${type} | ${shown} | ${help} |`
  })
  return `| name | type | labels | |\n|---|---|---|---|\n${rows.join('\n')}\n`
}

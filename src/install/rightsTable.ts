// docs/rights.md, from the manifests.
import type { PolicyRule } from '../core/image/workloads/access.ts'
import { parseWorkloadKinds } from '../core/image/workloads/parse.ts'
import { WORKLOAD_KINDS } from '../core/image/workloads.ts'
import {
  AUTHORITY_RIGHTS,
  clusterRights,
  CERTIFICATE_RIGHTS,
  OWN_RIGHTS,
  PULL_SECRET_RIGHTS,
  type Right,
  workloadRights,
} from './objects/serverRights.ts'
import { userRoles } from './objects/userRoles.ts'

/** A custom kind of workload: each that is named adds the same rights on itself. */
const EXAMPLE = 'rollouts.argoproj.io/v1alpha1'

/** The page, in Markdown. */
export function rightsPage(): string {
  const sections: [string, readonly Right[]][] = [
    ['In the whole cluster', clusterRights('cert-manager', WORKLOAD_KINDS)],
    ['In the whole cluster, where it makes its certificates itself', AUTHORITY_RIGHTS],
    [
      `In the whole cluster, where it was installed with \`--workload-kind ${EXAMPLE}\``,
      workloadRights(parseWorkloadKinds([EXAMPLE])),
    ],
    ['In all namespaces, or in those of `--pull-secrets-from`', PULL_SECRET_RIGHTS],
    ['In its own namespace', OWN_RIGHTS],
    ['In its own namespace, where it makes its certificates itself', CERTIFICATE_RIGHTS.own],
    ['In its own namespace, where cert-manager makes its certificates', CERTIFICATE_RIGHTS['cert-manager']],
  ]
  return `# Rights

Made from the manifests; a test keeps it so.

## What the server may do

Beside this it has two roles of Kubernetes' own, for servers behind the aggregator: \`system:auth-delegator\` (asking who somebody is, and what
they may) and \`extension-apiserver-authentication-reader\` in kube-system (reading whom the cluster trusts to introduce users).

${sections.map(([title, rights]) => `### ${title}\n\n${serverTable(rights)}`).join('\n')}
## What users may do

Roles of Kubernetes get these rights on \`image.openshift.io\` by aggregation (\`admin\` has what \`edit\` has); the others can be bound as they are.

| role | resources | verbs |
|---|---|---|
${userRoles()
  .flatMap(({ metadata, rules }) => (rules as PolicyRule[]).map((rule) => userRow(metadata.name!, rule)))
  .join('\n')}
`
}

function serverTable(rights: readonly Right[]): string {
  const rows = rights.map(({ rule: { apiGroups, resources, resourceNames, verbs }, why }) => {
    const names = resourceNames ? `${code(resourceNames)} only` : ''
    return `| ${code(resources)} | ${code(apiGroups.map((group) => group || 'core'))} | ${names} | ${verbs.join(', ')} | ${why} |`
  })
  return `| resources | group | names | verbs | why |\n|---|---|---|---|---|\n${rows.join('\n')}\n`
}

const userRow = (name: string, { resources, verbs }: PolicyRule): string =>
  `| \`${name.replace('millrace:aggregate-to-', '')}\` | ${code(resources)} | ${verbs.join(', ')} |`

const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ')

// Whether a server has the rights that it needs: one that was installed by an older version may lack some, and so may a user for whom
// one runs outside of the cluster.
import type { WorkloadKind } from '../../core/image/workloads.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { TRUST } from '../names.ts'
import {
  clusterRights,
  DELEGATED_RIGHTS,
  DELEGATOR,
  LEADING_RIGHTS,
  ownRights,
  TRUST_READER,
  TRUST_RIGHTS,
  type Right,
} from '../objects/serverRights.ts'
import type { Settings } from '../settings.ts'
import { denied, type AccessQuestion } from './access.ts'

/** Which server asks. */
export interface ServerOptions {
  namespace: string
  workloads: readonly WorkloadKind[]
}

/** What is in the way of one that was installed, if anything. */
export function installedRightObstacles(
  client: ObjectClient,
  { namespace, workloads, certificates }: ServerOptions & Pick<Settings, 'certificates'>,
): Promise<string[]> {
  const rights = [
    ...questionsOf(clusterRights(certificates, workloads)),
    ...questionsOf(ownRights(certificates), namespace),
  ]
  const bound = `, which binds ClusterRole ${DELEGATOR} and, in ${TRUST.namespace}, Role ${TRUST_READER}`
  return obstacles(
    client,
    rights,
    (isDelegated) => `run "millrace install" of this version again${isDelegated ? bound : ''}`,
  )
}

/** What is in the way of one outside of the cluster, if anything. Its certificate lies in files. */
export function externalRightObstacles(
  client: ObjectClient,
  { namespace, workloads }: ServerOptions,
): Promise<string[]> {
  const rights = [...questionsOf(clusterRights('cert-manager', workloads)), ...questionsOf(LEADING_RIGHTS, namespace)]
  return obstacles(client, rights, () => 'name a kubeconfig of a cluster administrator')
}

const DELEGATED = [...questionsOf(DELEGATED_RIGHTS), ...questionsOf(TRUST_RIGHTS, TRUST.namespace)]

/** All that is missing in one text. `help`: what to do, when rights that Kubernetes' own roles give are among it, or when not. */
async function obstacles(
  client: ObjectClient,
  rights: readonly AccessQuestion[],
  help: (isDelegated: boolean) => string,
): Promise<string[]> {
  const [own, delegated] = await Promise.all([denied(client, rights), denied(client, DELEGATED)])
  const missing = [...own, ...delegated]
  return missing.length === 0 ? [] : [`it may not ${missing.join(', ')}: ${help(delegated.length > 0)}`]
}

function questionsOf(rights: readonly Right[], namespace?: string): AccessQuestion[] {
  return rights.flatMap(({ rule }) => {
    const names = rule.resourceNames ?? [undefined]
    return rule.apiGroups.flatMap((group) =>
      rule.resources.flatMap((plural) =>
        names.flatMap((name) =>
          rule.verbs.map((verb) => ({
            group,
            plural,
            verb,
            ...(namespace !== undefined && { namespace }),
            ...(name !== undefined && { name }),
          })),
        ),
      ),
    )
  })
}

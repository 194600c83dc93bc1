// Whether a server has the rights that its installation gives: one that was installed by an older version may lack some.
import type { WorkloadKind } from '../../core/image/workloads.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import { clusterRights, ownRights, type Right } from '../objects/serverRights.ts'
import type { Settings } from '../settings.ts'
import { denied, type AccessQuestion } from './access.ts'

/** What is in the way, if anything. */
export async function ownRightObstacles(
  client: ObjectClient,
  {
    namespace,
    certificates,
    workloads,
  }: Pick<Settings, 'namespace' | 'certificates'> & { workloads: readonly WorkloadKind[] },
): Promise<string[]> {
  const questions = [
    ...questionsOf(clusterRights(certificates, workloads)),
    ...questionsOf(ownRights(certificates), namespace),
  ]
  const missing = await denied(client, questions)
  if (missing.length === 0) return []
  return [`it may not ${missing.join(', ')}: run "millrace install" of this version again`]
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

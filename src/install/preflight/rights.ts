// Whether whoever installs may write all that is to be written.
import { ApiError } from '../../core/machinery/status.ts'
import { apply } from '../apply.ts'
import type { Cluster } from '../cluster.ts'
import type { Manifest } from '../manifest.ts'
import { targetOf } from '../resources.ts'
import { denied, type AccessQuestion } from './access.ts'

/** Applying creates what is not there. */
const VERBS = ['create', 'patch']

/** What is in the way, if anything. */
export async function rightObstacles({ client }: Cluster, objects: readonly Manifest[]): Promise<string[]> {
  const questions = objects.flatMap((object) => {
    const { resource, namespace } = targetOf(object)
    const { group, plural } = resource
    return VERBS.map((verb): AccessQuestion => ({ group, plural, verb, namespace }))
  })
  const missing = await denied(client, questions)
  if (missing.length === 0) return grantObstacles({ client }, objects)
  return [`you may not ${missing.join(', ')}: installing takes the rights of a cluster administrator`]
}

/** Nobody may grant what they do not have themselves: Kubernetes says so in a dry run. */
async function grantObstacles({ client }: Pick<Cluster, 'client'>, objects: readonly Manifest[]): Promise<string[]> {
  const roles = objects.filter(({ kind }) => kind === 'ClusterRole')
  const problems = await Promise.all(
    roles.map(async (role) => {
      try {
        await apply(client, role, { dryRun: true })
        return undefined
      } catch (error) {
        if (error instanceof ApiError) return error.message.split('\n')[0]
        throw error
      }
    }),
  )
  return problems.filter((problem) => problem !== undefined)
}

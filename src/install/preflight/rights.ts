// Whether whoever installs, or uninstalls, may do all that it takes.
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Cluster } from '../cluster.ts'
import { HELD } from '../held.ts'
import type { Manifest } from '../manifest.ts'
import { TRUST } from '../names.ts'
import { RESOURCES, targetOf } from '../resources.ts'
import { STORED_KINDS } from '../storedKinds.ts'
import { denied, type AccessQuestion } from './access.ts'

/** Applying creates what is not there, and is preceded by a look. */
const APPLYING = ['create', 'get', 'patch']

/** In which namespaces pull secrets are read is only to be seen there. */
export const BINDINGS_ANYWHERE: readonly AccessQuestion[] = ['list', 'get', 'delete'].map((verb) => {
  const { group, plural } = RESOURCES.RoleBinding
  return { group, plural, verb }
})

/** What is in the way of applying these objects, if anything, and of what `more` asks for. */
export async function rightObstacles(
  { client }: Cluster,
  objects: readonly Manifest[],
  more: readonly AccessQuestion[],
): Promise<string[]> {
  const trust: AccessQuestion = { group: '', plural: 'configmaps', verb: 'get', ...TRUST }
  const missing = await denied(client, [...questionsOf(objects, APPLYING), ...more, trust])
  if (missing.length === 0) return []
  return [`you may not ${missing.join(', ')}: installing takes the rights of a cluster administrator`]
}

/** What is in the way of removing these objects from our namespace and elsewhere, if anything. */
export async function removalObstacles(
  client: ObjectClient,
  namespace: string,
  objects: readonly Manifest[],
): Promise<string[]> {
  const questions: AccessQuestion[] = [
    // What is there may be somebody else's, and is looked at.
    ...questionsOf(objects, ['delete', 'get']),
    ...BINDINGS_ANYWHERE,
    ...Object.values(HELD).map(({ group, plural }): AccessQuestion => ({ group, plural, verb: 'list', namespace })),
    ...STORED_KINDS.flatMap(({ stored: { group, plural } }) =>
      ['list', 'patch'].map((verb) => ({ group, plural, verb })),
    ),
  ]
  const missing = await denied(client, questions)
  if (missing.length === 0) return []
  return [`you may not ${missing.join(', ')}: uninstalling takes the rights of a cluster administrator`]
}

/** Whether one may do this with each of these objects. */
export function questionsOf(objects: readonly Manifest[], verbs: readonly string[]): AccessQuestion[] {
  return objects.flatMap((object) => {
    const { resource, namespace } = targetOf(object)
    const { group, plural } = resource
    return verbs.map((verb): AccessQuestion => ({ group, plural, verb, namespace }))
  })
}

// Projects on any cluster: where there are none, namespaces are what one means.
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { isReason } from '../../core/machinery/status.ts'
import { listAll } from '../resource/read.ts'
import type { Session } from '../session.ts'

export const PROJECTS = { group: 'project.openshift.io', version: 'v1', plural: 'projects' }
export const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces' }
export const DISPLAY_NAME = 'openshift.io/display-name'

/** Kubernetes with rules for access answers Forbidden for what it does not know. */
export const isAbsent = (error: unknown): boolean => isReason(error, 'NotFound') || isReason(error, 'Forbidden')

/** Resolves when the user can see the project. Rejects as the server refuses it. */
export async function confirmAccess(client: ObjectClient, name: string): Promise<void> {
  try {
    await client.get({ resource: PROJECTS, name })
  } catch (error) {
    if (!isAbsent(error)) throw error
    await client.get({ resource: NAMESPACES, name }).catch(() => {
      throw error
    })
  }
}

/** The projects that the user can see, by name. */
export async function visibleProjects(session: Session): Promise<KubeObject[]> {
  const objects = await listAll(session, { resource: PROJECTS }).catch((error: unknown) => {
    if (isAbsent(error)) return listAll(session, { resource: NAMESPACES })
    throw error
  })
  const nameOf = ({ metadata }: KubeObject): string => metadata.name ?? ''
  return objects.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

/** What people call the project, if they call it something else. */
export function displayNameOf({ metadata }: KubeObject): string {
  const { annotations = {}, name } = metadata
  const text = annotations[DISPLAY_NAME] || annotations['displayName'] || ''
  return text === name ? '' : text
}

/** "Web Team (web)", or the name alone. */
export function titleOf(project: KubeObject): string {
  const name = project.metadata.name ?? ''
  const text = displayNameOf(project)
  return text ? `${text} (${name})` : name
}

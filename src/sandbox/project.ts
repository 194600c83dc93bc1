// Projects and namespaces are the same objects.
import { clone } from '../core/machinery/json/clone.ts'
import type { Namespace } from './types/core.ts'
import type { Project } from './types/project.ts'

/** What people call the project. */
export const DISPLAY_NAME = 'openshift.io/display-name'
export const DESCRIPTION = 'openshift.io/description'
/** Who asked for it. */
export const REQUESTER = 'openshift.io/requester'
/** A label selector of nodes. */
export const NODE_SELECTOR = 'openshift.io/node-selector'
/** Among the finalizers of namespaces that were made as projects. */
export const ORIGIN = 'openshift.io/origin'

/** A namespace as a project. Shares what it consists of. */
export function toProject({ metadata, spec, status }: Namespace): Project {
  return { metadata, spec, status }
}

/** The namespace of a project. As OpenShift's, it has a display name, if only an empty one. */
export function fromProject(project: Project): Namespace {
  const { metadata, spec, status } = clone(project)
  metadata.annotations = { ...metadata.annotations, [DISPLAY_NAME]: metadata.annotations?.[DISPLAY_NAME] ?? '' }
  return { metadata, spec, status }
}

// Projects: namespaces as OpenShift shows them to users.
import { field, list, object, opt, str, type Static } from '../../core/machinery/schema.ts'
import { objectMeta, typeMeta } from '../../core/machinery/meta/objectMeta.ts'
import { NamespaceCondition } from './core.ts'
import { byType, kind } from './workload.ts'

const PROJECT = 'com.github.openshift.api.project.v1'

/** A project: a namespace under another name. */
export const Project = kind(
  `${PROJECT}.Project`,
  'A namespace, as its users see it.',
  object(`${PROJECT}.ProjectSpec`, 'What a project wants.', {
    finalizers: opt(list(str(), 'Who must clean up before it goes.')),
  }),
  object(`${PROJECT}.ProjectStatus`, 'What a project is.', {
    phase: opt(str('Active or Terminating.')),
    conditions: opt(list(NamespaceCondition, 'Conditions of the deletion.', byType)),
  }),
)
export type Project = Static<typeof Project>

/** The wish for a project. What comes of it is a Project. */
export const ProjectRequest = object(`${PROJECT}.ProjectRequest`, 'Asks for a new project.', {
  ...typeMeta,
  metadata: field(objectMeta, 'Name, labels and the like.'),
  displayName: opt(str('Name of the project for people.')),
  description: opt(str('What the project is for.')),
})
export type ProjectRequest = Static<typeof ProjectRequest>

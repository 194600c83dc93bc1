// project.openshift.io/v1: projects are a view of the namespaces, and whoever asks for a project gets a namespace.
import type { FieldError } from '../../core/machinery/fieldError.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import type { Endpoint, Resource } from '../../core/machinery/resource.ts'
import { alreadyExists, ApiError, forbidden, invalid, isReason, success } from '../../core/machinery/status.ts'
import { projectColumns } from '../columns/project.ts'
import { DESCRIPTION, DISPLAY_NAME, fromProject, ORIGIN, REQUESTER, toProject } from '../project.ts'
import type { Namespace } from '../types/core.ts'
import { Project, ProjectRequest } from '../types/project.ts'
import { validateProject, validateProjectUpdate } from '../validation/project.ts'
import { convert } from './convert.ts'

const GROUP = 'project.openshift.io'
const VERSION = 'v1'
/** Clients of OpenShift know this spelling from its errors. */
const PROJECT = { group: GROUP, plural: 'project' }

/** Names that nobody gets by asking: they belong to the cluster. */
const RESERVED: readonly string[] = ['openshift', 'kubernetes', 'kube']

function check(kind: string, name: string | undefined, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(GROUP, kind, name ?? '', errors)
}

/** The namespaces' endpoint in other words. Errors about the objects themselves speak of namespaces, as OpenShift's do. */
function projectEndpoint(namespaces: Endpoint<Namespace>): Endpoint<Project> {
  const view = convert(namespaces, toProject, fromProject)
  return {
    ...view,
    create(context, project) {
      check('Project', project.metadata.name, validateProject(project.metadata))
      const finalizers = project.spec.finalizers ?? []
      project.spec.finalizers = finalizers.includes(ORIGIN) ? finalizers : [...finalizers, ORIGIN]
      return view.create!(context, project)
    },
    update: (context, name, transform) =>
      view.update!(context, name, async (old) => {
        const project = await transform(clone(old))
        check('Project', name, validateProjectUpdate(project.metadata, old.metadata))
        return project
      }),
    async delete(context, name, options) {
      await view.delete!(context, name, options)
      return success()
    },
  }
}

function requestEndpoint(projects: Endpoint<Project>): Endpoint<ProjectRequest> {
  return {
    /** Not what there is, but whether the caller may ask for a project: `oc new-project` wants to know that first. */
    async list(context) {
      const { allowed } = await context.authorize({ verb: 'create', group: GROUP, resource: 'projectrequests' })
      if (allowed) return success()
      const text = 'You may not request a new project via this API.'
      throw new ApiError(403, 'Forbidden', text, { group: GROUP, kind: 'projectrequest' })
    },

    async create(context, { metadata, displayName = '', description = '' }) {
      const { name = '' } = metadata
      check('ProjectRequest', name, validateProject(metadata))
      refuseReserved(name)
      const annotations = {
        [DESCRIPTION]: description,
        [DISPLAY_NAME]: displayName,
        [REQUESTER]: context.user.name,
      }
      try {
        const made = await projects.create!(context, { metadata: { name, annotations }, spec: {}, status: {} })
        return { kind: 'Project', apiVersion: `${GROUP}/${VERSION}`, ...made }
      } catch (error) {
        throw isReason(error, 'AlreadyExists') ? alreadyExists(PROJECT, name) : error
      }
    },
  }
}

function refuseReserved(name: string): void {
  for (const word of RESERVED) {
    if (name === word) throw forbidden(PROJECT, name, `cannot request a project with the name "${word}"`)
    if (name.startsWith(`${word}-`)) throw forbidden(PROJECT, name, `cannot request a project starting with "${word}-"`)
  }
}

/** The resources of project.openshift.io/v1, over the namespaces. */
export function projectResources(namespaces: Resource<Namespace>): Resource[] {
  const endpoint = projectEndpoint(namespaces.endpoint)
  const projects: Resource<Project> = {
    group: GROUP,
    version: VERSION,
    kind: 'Project',
    plural: 'projects',
    singular: 'project',
    namespaced: false,
    verbs: namespaces.verbs,
    schema: Project,
    columns: projectColumns,
    endpoint,
  }
  const requests: Resource<ProjectRequest> = {
    group: GROUP,
    version: VERSION,
    kind: 'ProjectRequest',
    plural: 'projectrequests',
    singular: 'projectrequest',
    namespaced: false,
    verbs: ['create', 'list'],
    schema: ProjectRequest,
    endpoint: requestEndpoint(endpoint),
  }
  return [projects, requests]
}

import type { KubeObject } from '../../core/machinery/object.ts'
import { isReason } from '../../core/machinery/status.ts'
import { pathOf } from '../../kube/path.ts'
import type { Session } from '../session.ts'
import { DISPLAY_NAME, isAbsent, NAMESPACES, PROJECTS } from './access.ts'
import type { Current } from './kubeconfig.ts'
import { enterProject } from './use.ts'

const REQUESTS = { ...PROJECTS, plural: 'projectrequests' }
const GROUP_VERSION = `${PROJECTS.group}/${PROJECTS.version}`

/** What `new-project` is given. */
export interface NewProject {
  name: string
  displayName: string
  description: string
  /** Leaves the kubeconfig as it is. */
  skipConfigWrite: boolean
}

/** `new-project`: asks the server for a project, and makes it the current one. */
export async function newProject(session: Session, kubeconfig: Current, wanted: NewProject): Promise<void> {
  const { name, skipConfigWrite } = wanted
  const made = (await canRequest(session)) ? await request(session, wanted) : await namespace(session, wanted)
  if (!skipConfigWrite) {
    await enterProject(session, kubeconfig, made.metadata.name ?? name)
    session.out(NEXT)
    return
  }
  const { server } = kubeconfig.access().cluster
  session.out(`Project "${name}" created on server "${server}".\n\n${switchTo(name)}`)
}

/** Whether there are projects to ask for. Rejects as the server does where they may not be asked for. */
async function canRequest(session: Session): Promise<boolean> {
  try {
    await session.raw(pathOf({ resource: REQUESTS }))
    return true
  } catch (error) {
    if (!isAbsent(error) || (await servesProjects(session))) throw error
    return false
  }
}

async function servesProjects(session: Session): Promise<boolean> {
  try {
    await session.raw(`/apis/${GROUP_VERSION}`)
    return true
  } catch (error) {
    if (isReason(error, 'NotFound')) return false
    throw error
  }
}

function request({ client }: Session, { name, displayName, description }: NewProject): Promise<KubeObject> {
  const object = {
    kind: 'ProjectRequest',
    apiVersion: GROUP_VERSION,
    metadata: { name },
    ...(displayName && { displayName }),
    ...(description && { description }),
  }
  return client.create({ resource: REQUESTS }, object)
}

/** On a cluster without projects. The texts are kept where OpenShift looks for them. */
function namespace({ client }: Session, { name, displayName, description }: NewProject): Promise<KubeObject> {
  const annotations = {
    ...(description && { 'openshift.io/description': description }),
    ...(displayName && { [DISPLAY_NAME]: displayName }),
  }
  return client.create(
    { resource: NAMESPACES },
    { kind: 'Namespace', apiVersion: 'v1', metadata: { name, annotations } },
  )
}

const NEXT = `
You can import images into this project. For example, try:

    millrace import-image busybox --from=docker.io/library/busybox --confirm

Or use kubectl to deploy a simple Kubernetes application:

    kubectl create deployment hello-node --image=registry.k8s.io/e2e-test-images/agnhost:2.43 -- /agnhost serve-hostname

`

const switchTo = (name: string): string => `To switch to this project and start adding applications, use:

    millrace project ${name}
`

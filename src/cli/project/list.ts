import type { Session } from '../session.ts'
import { confirmAccess, displayNameOf, titleOf, visibleProjects } from './access.ts'
import type { Current } from './kubeconfig.ts'
import { sayCurrent } from './show.ts'

const NONE =
  "You are not a member of any projects. You can request a project to be created with the 'new-project' command."
const SEVERAL =
  "You have access to the following projects and can switch between them with 'millrace project <projectname>':\n"

/** `projects`: the names, with a mark at the current one. */
export async function listProjects(session: Session, kubeconfig: Current, short: boolean): Promise<void> {
  const { project } = kubeconfig
  const isThere = project !== '' && (await isVisible(session, project))
  const projects = await visibleProjects(session)
  const [first] = projects
  if (short) {
    session.out(`${projects.map(({ metadata }) => metadata.name).join('\n')}\n`)
    return
  }
  if (!first) return session.out(`${NONE}\n`)
  if (projects.length === 1) session.out(`You have one project on this server: "${titleOf(first)}".\n`)
  else {
    const lines = projects.map((one) => {
      const mark = isThere ? (one.metadata.name === project ? '  * ' : '    ') : ''
      const text = displayNameOf(one)
      return `${mark}${one.metadata.name ?? ''}${text && ` - ${text}`}`
    })
    session.out(`${[SEVERAL, ...lines].join('\n')}\n`)
  }
  if (!isThere) return
  session.out('\n')
  sayCurrent(session, kubeconfig)
}

const isVisible = ({ client }: Session, name: string): Promise<boolean> =>
  confirmAccess(client, name).then(
    () => true,
    () => false,
  )

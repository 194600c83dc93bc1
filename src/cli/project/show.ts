import { contextNickname } from '../../kube/contextSwitch.ts'
import { CommandError } from '../failure.ts'
import type { Session, Terminal } from '../session.ts'
import { confirmAccess, isAbsent } from './access.ts'
import type { Current } from './kubeconfig.ts'

/** `project` without a name: which is the current one. */
export async function showProject(session: Session, kubeconfig: Current, short: boolean): Promise<void> {
  const { project } = kubeconfig
  if (!project) {
    if (short) throw new CommandError('no project has been set')
    session.out('No project has been set. Pass a project name to make that the default.\n')
    return
  }
  await confirmAccess(session.client, project).catch((error: unknown) => {
    if (!isAbsent(error)) throw error
    const why = `you do not have rights to view project "${project}" specified in your config or the project doesn't exist`
    throw new CommandError(why, { cause: error })
  })
  if (short) session.out(`${project}\n`)
  else sayCurrent(session, kubeconfig)
}

/** Which project is current, and where; the name of a context only where people have given it one. */
export function sayCurrent(terminal: Terminal, kubeconfig: Current): void {
  const { config, context, project } = kubeconfig
  const generated = context && config.current === contextNickname(context)
  const from = generated ? '' : ` from context named "${config.current}"`
  terminal.out(`Using project "${project}"${from} on server "${kubeconfig.access().cluster.server}".\n`)
}

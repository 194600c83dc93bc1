// Switching to another project or context.
import type { Context } from '@kubernetes/client-node/dist/config_types.js'
import { contextNickname, switchToContext, switchToNamespace } from '../../kube/contextSwitch.ts'
import type { Kubeconfig } from '../../kube/kubeconfigFiles.ts'
import { isReason } from '../../core/machinery/status.ts'
import { CommandError } from '../failure.ts'
import type { Session, Terminal } from '../session.ts'
import { confirmAccess, isAbsent, titleOf, visibleProjects } from './access.ts'
import type { Current } from './kubeconfig.ts'
import { whoAmI } from './whoAmI.ts'

/** Makes a context of the kubeconfig current. */
export async function useContext(terminal: Terminal, current: Current, context: Context, short: boolean) {
  await current.write(switchToContext(context))
  const server = current.config.clusters.find(({ name }) => name === context.cluster)?.server ?? ''
  say(terminal, current, { argument: context.name, context, server, short })
}

/** Makes a project current, if the user can see it. */
export async function useProject(session: Session, current: Current, name: string, short: boolean): Promise<void> {
  await confirmAccess(session.client, name).catch(async (error: unknown) => {
    if (!isAbsent(error)) throw error
    throw new CommandError(await refusal(session, current, name, isReason(error, 'Forbidden')), { cause: error })
  })
  await enterProject(session, current, name, short)
}

/** Makes a project current that is known to be there. */
export async function enterProject(session: Session, current: Current, name: string, short = false): Promise<void> {
  const access = current.access()
  const user = await whoAmI(session.client, access.user)
  const { context, change } = switchToNamespace(current.config, access, user, name)
  await current.write(change)
  say(session, current, { argument: name, context, server: access.cluster.server, short })
}

/** Why the project cannot be switched to, and which can. */
async function refusal(session: Session, current: Current, name: string, isForbidden: boolean): Promise<string> {
  const lines = [
    isForbidden
      ? `You are not a member of project "${name}".`
      : `A project named "${name}" does not exist on "${current.access().cluster.server}".`,
  ]
  const projects = await visibleProjects(session).catch(() => undefined)
  const titles = projects?.map(titleOf)
  if (titles?.length === 0) {
    lines.push(
      "You are not a member of any projects. You can request a project to be created with the 'new-project' command.",
    )
  } else if (titles?.length === 1) lines.push(`You have one project on this server: ${titles[0]}`)
  else if (titles) lines.push('Your projects are:', ...titles.map((title) => `* ${title}`))
  if (hasSeveralServers(current.config)) lines.push("To see projects on another server, pass '--server=<server>'.")
  return lines.join('\n')
}

const hasSeveralServers = ({ clusters }: Kubeconfig): boolean => new Set(clusters.map(({ server }) => server)).size > 1

interface Chosen {
  /** As it was typed. */
  argument: string
  context: Context
  server: string
  short: boolean
}

function say(terminal: Terminal, before: Current, { argument, context, server, short }: Chosen): void {
  const { name, namespace = '' } = context
  const on = `on server "${server}".\n`
  const isOwn = argument === namespace && name === contextNickname(context)
  if (short) terminal.out(`${namespace}\n`)
  else if (!namespace) terminal.out(`Now using context named "${name}" ${on}`)
  else if (before.project === namespace) terminal.out(`Already on project "${namespace}" ${on}`)
  else if (isOwn) terminal.out(`Now using project "${namespace}" ${on}`)
  else terminal.out(`Now using project "${namespace}" from context named "${name}" ${on}`)
}

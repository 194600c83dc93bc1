import { setTimeout as pause } from 'node:timers/promises'
import type { Named } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { isReason } from '../../core/machinery/status.ts'
import { dryRunSuffix } from '../dryRun.ts'
import { CommandError, Failures, failureText } from '../failure.ts'
import { ALL_AND_SELECTOR, parseArguments } from '../resource/arguments.ts'
import { knownKind, type KnownKind } from '../resource/kinds.ts'
import { listObjects } from '../resource/read.ts'
import type { Session } from '../session.ts'
import type { DeleteFlags, Deletion } from './flags.ts'

/** What is looked after here. */
const GROUP = 'image.openshift.io'

const CLUSTER_SCOPED = 'Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n'

const FORCED =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. ' +
  'The resource may continue to run on the cluster indefinitely.\n'

/** Milliseconds between looks at an object that is being deleted: finalizers may take a while. */
const LOOK = 500

/** `delete`: removes every named object; what fails does not keep the rest. */
export async function deleteObjects(session: Session, args: readonly string[], flags: DeleteFlags): Promise<void> {
  const { output } = session
  if (output !== undefined && output !== '' && output !== 'name')
    throw new CommandError(`unexpected -o output mode: ${output}. We only support '-o name'`)
  if (flags.all && flags.selector) throw new CommandError(ALL_AND_SELECTOR)
  const { deletion } = flags
  if (deletion.forced) session.err(FORCED)
  const failures: string[] = []
  const deleted: { target: Named; uid: string | undefined }[] = []
  let found = 0
  const objects = await chosen(session, args, flags)
  if (flags.namespaced && objects.some(({ kind }) => !kind.namespaced)) session.err(CLUSTER_SCOPED)
  for (const { kind, name } of objects) {
    const target = { resource: kind, namespace: kind.namespaced ? session.namespace : undefined, name }
    try {
      const uid = flags.mode === 'client' ? undefined : await remove(session, target, flags)
      session.out(line(session, kind, name, flags))
      found++
      deleted.push({ target, uid })
    } catch (error) {
      const gone = isReason(error, 'NotFound') && (flags.ignoreNotFound || flags.all || flags.selector !== '')
      if (!gone) failures.push(failureText(error))
    }
  }
  if (failures.length > 0) throw new Failures(failures)
  if (found === 0 && (flags.all || flags.selector)) session.out('No resources found\n')
  if (flags.wait && flags.mode === 'none')
    for (const { target, uid } of deleted) await untilGone(session, target, uid, deletion)
}

/** The kinds and names that the arguments mean. */
async function chosen(session: Session, args: readonly string[], flags: DeleteFlags) {
  const objects: { kind: KnownKind; name: string }[] = []
  for (const { word, names } of parseArguments(args, flags.all || flags.selector !== '')) {
    const kind = knownKind(word)
    if (kind?.group !== GROUP) {
      throw new CommandError(
        `only image streams, their tags and images are deleted here, not "${word}": use kubectl delete`,
      )
    }
    const listed = names.length > 0 ? [] : await listObjects(session, kind, flags.selector)
    for (const name of [...names, ...listed.map(({ metadata }) => metadata.name ?? '')]) objects.push({ kind, name })
  }
  return objects
}

/** Deletes an object and gives its uid, where the server tells it. */
async function remove({ client }: Session, target: Named, { mode, deletion }: DeleteFlags) {
  const options = { ...deletion.request, ...(mode === 'server' && { dryRun: true }) }
  const answer = await client.delete<KubeObject>(target, options)
  if ('status' in answer && answer.status === 'Success') return answer.details?.uid
  return 'uid' in answer.metadata ? answer.metadata.uid : undefined
}

function line(session: Session, kind: KnownKind, name: string, { mode, deletion }: DeleteFlags): string {
  const type = `${kind.singular}.${kind.group}`
  if (session.output === 'name') return `${type}/${name}\n`
  const where = kind.namespaced ? ` from ${session.namespace} namespace` : ''
  return `${type} "${name}" ${deletion.forced ? 'force ' : ''}deleted${where}${dryRunSuffix(mode)}\n`
}

/** Waits until the object is gone, or another has its name. Who may delete but not look does not wait. */
async function untilGone(session: Session, target: Named, uid: string | undefined, { timeout }: Deletion) {
  const end = performance.now() + timeout
  for (;;) {
    try {
      const { metadata } = await session.client.get(target)
      if (uid !== undefined && metadata.uid !== uid) return
    } catch (error) {
      if (isReason(error, 'NotFound') || isReason(error, 'Forbidden') || isReason(error, 'MethodNotAllowed')) return
      throw error
    }
    const left = end - performance.now()
    if (left <= 0) {
      throw new CommandError(`timed out waiting for the condition on ${target.resource.plural}/${target.name}`)
    }
    await pause(Math.min(LOOK, left))
  }
}

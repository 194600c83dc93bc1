import type { KubeObject, ResourceRef } from '../../core/machinery/object.ts'
import { dryRunSuffix, type DryRun } from '../dryRun.ts'
import { formatObject, outputFormat } from '../print/object.ts'
import type { Session } from '../session.ts'

/** `create`: posts an object and prints it. */
export async function create(session: Session, resource: ResourceRef, object: KubeObject, mode: DryRun): Promise<void> {
  const format = outputFormat(session.output)
  const { client, namespace } = session
  const written =
    mode === 'client' ? object : await client.create({ resource, namespace }, object, { dryRun: mode === 'server' })
  const typed = { ...written, kind: object.kind!, apiVersion: object.apiVersion! }
  session.out(await formatObject(typed, format, `created${dryRunSuffix(mode)}`))
}

import { dryRunSuffix, type Writing } from '../dryRun.ts'
import { CommandError, Failures } from '../failure.ts'
import { formatObject, outputFormat } from '../print/object.ts'
import { mergeType } from '../resource/kinds.ts'
import { select, type Selected, type Selection } from '../resource/select.ts'
import type { Session } from '../session.ts'
import { parsePairs, type ContainerImages } from './pairs.ts'
import { changeImages, containersNamed, podSpecPath, type ImageChange } from './patch.ts'
import { resolveImage } from './resolve.ts'

/** `set image`: gives containers other images, which may come from streams. */
export async function setImage(
  session: Session,
  selection: Selection,
  source: string,
  writing: Writing,
): Promise<void> {
  const { mode } = writing
  const format = outputFormat(session.output)
  const { resources, images } = parsePairs(selection.args)
  const { local } = selection
  if (selection.all && selection.selector) throw new CommandError('cannot set --all and --selector at the same time')
  if (local && mode === 'server') {
    throw new CommandError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?')
  }
  if (local && resources.length > 0) throw new CommandError('pass files with -f when using --local')
  const { items } = await select(session, { ...selection, args: resources })
  const failures: string[] = []
  for (const item of items) {
    const path = podSpecPath(item.object)
    if (path === undefined) {
      const name = `${item.kind.plural}/${item.object.metadata.name}`
      failures.push(`error: ${name} the object is not a pod or does not have a pod template`)
      continue
    }
    const change = changeImages(item.object, path, await imagesFor(session, item, path, images, source, failures))
    if (!change) continue
    try {
      const written = local || mode === 'client' ? change.changed : await send(session, item, change, writing)
      session.out(await formatObject(written, format, `image updated${dryRunSuffix(mode)}`))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      failures.push(`error: failed to patch image update to pod template: ${why}`)
    }
  }
  if (failures.length > 0) throw new Failures(failures)
}

/** Pull specs by container of one object. What cannot be resolved or found goes to `failures`, and the rest goes on. */
async function imagesFor(
  session: Session,
  { object }: Selected,
  path: string,
  images: ContainerImages,
  source: string,
  failures: string[],
): Promise<Map<string, string>> {
  const wanted = new Map<string, string>()
  for (const [container, image] of images) {
    try {
      const pullSpec = await resolveImage(session, source, image)
      const names = containersNamed(object, path, container)
      if (names.length === 0) failures.push(`error: unable to find container named "${container}"`)
      for (const name of names) wanted.set(name, pullSpec)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      failures.push(`error: unable to resolve image "${image}" for container "${container}": ${error.message}`)
    }
  }
  return wanted
}

async function send(session: Session, { kind, object }: Selected, change: ImageChange, writing: Writing) {
  const { name = '', namespace } = object.metadata
  const options = { fieldManager: writing.fieldManager, dryRun: writing.mode === 'server' }
  const [type, patch] =
    mergeType(kind) === 'strategic' ? (['strategic', change.strategic] as const) : (['json', change.json] as const)
  const written = await session.client.patch({ resource: kind, namespace, name }, type, patch, options)
  return { ...written, kind: object.kind!, apiVersion: object.apiVersion! }
}

import {
  collectUsage,
  pruneHistories,
  unusedImages,
  type ImageUsage,
  type PruneRules,
  type PruneState,
} from '../../core/image/prune.ts'
import type { Image, ImageStream } from '../../core/image/types.ts'
import { CommandError, Failures } from '../failure.ts'
import { listAll } from '../resource/read.ts'
import type { Session } from '../session.ts'
import { IMAGE_STREAMS, IMAGES } from '../stream/refs.ts'
import type { PruneFlags } from './flags.ts'
import { readReferrers, readSizeLimits } from './read.ts'
import { Removal } from './removal.ts'

/** `adm prune images`: histories of streams first, then images that are left alone. */
export async function pruneImages(session: Session, flags: PruneFlags): Promise<void> {
  const { namespace, confirm } = flags
  const now = session.now().getTime()
  // By size, age does not count, so that finished pods of any age do.
  const youngerThan = flags.youngerThan === undefined ? -Infinity : now - flags.youngerThan
  const rules: PruneRules = {
    youngerThan,
    revisions: flags.revisions,
    all: flags.all,
    ...(flags.youngerThan === undefined && { tooLarge: await readSizeLimits(session, namespace) }),
  }
  const usage = await readUsage(session, flags, youngerThan)
  const streams = await listAll<ImageStream>(session, { resource: IMAGE_STREAMS, namespace })
  const images = await listAll<Image>(session, { resource: IMAGES })
  const state: PruneState = { usage, images: new Map(images.map((image) => [image.metadata.name ?? '', image])) }

  if (!confirm) session.err('Dry run enabled - no modifications will be made. Add --confirm to remove images\n')
  session.out('Only API objects will be removed.  No modifications to the image registry will be made.\n')
  const removal = new Removal(session, confirm)
  const left: ImageStream[] = []
  for (const stream of streams) left.push(await removal.shorten(stream, (fresh) => pruneHistories(fresh, state, rules)))
  // A namespace alone does not tell what other namespaces need.
  if (namespace === '') {
    for (const image of unusedImages(await current(session, left, confirm), state, rules)) await removal.remove(image)
  }
  session.out(`Summary: ${removal.summary()}\n`)
  if (removal.failures.length > 0) throw new Failures(removal.failures.map((failure) => `error: ${failure}`))
}

/** What workloads use. Throws CommandError when some of it cannot be read, unless that is allowed. */
async function readUsage(session: Session, flags: PruneFlags, youngerThan: number): Promise<ImageUsage> {
  const { usage, invalid } = collectUsage(await readReferrers(session, flags.namespace), youngerThan)
  if (invalid.length === 0 || flags.ignoreInvalid) return usage
  session.err('Failed to build graph!\n\nThe following objects have invalid references:\n\n')
  for (const { message } of invalid) session.err(`  ${message}\n`)
  session.err('\nEither fix the references or delete the objects to make the pruner proceed.\n')
  throw new CommandError('failed to build graph - no changes made')
}

/** The streams, and where something was removed those of this moment too: a tag may have been set meanwhile. */
async function current(session: Session, left: ImageStream[], confirm: boolean): Promise<ImageStream[]> {
  return confirm ? [...left, ...(await listAll<ImageStream>(session, { resource: IMAGE_STREAMS }))] : left
}

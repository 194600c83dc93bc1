import { DEFAULT_TAG } from '../../core/image/lookup.ts'
import { CommandError } from '../failure.ts'
import { parseSpecOr } from '../stream/reference.ts'

/** Which stream and tag an argument of import-image means; no tag: all of them. */
export interface ImportTarget {
  /** As typed: the source of a new stream that gets no --from. */
  argument: string
  stream: string
  tag: string
}

/** Reads IMAGESTREAM[:TAG]. A namespace or registry before the stream's name is dropped, as oc does. */
export function parseTarget(argument: string, all: boolean): ImportTarget {
  const { name, tag, id } = parseSpecOr(argument, () => new CommandError(NOT_A_SPEC))
  if (id) throw new CommandError("to import images by ID, use the 'tag' command")
  if (tag && all) throw new CommandError(`cannot specify a tag "${argument}" as well as --all`)
  return { argument, stream: name, tag: all ? '' : tag || DEFAULT_TAG }
}

const NOT_A_SPEC =
  'the image name must be a valid container image pull spec or reference to an image stream (e.g. myregistry/myteam/image:tag)'

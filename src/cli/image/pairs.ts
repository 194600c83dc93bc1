// Arguments of `set image`: resources first, then CONTAINER=IMAGE.
import { CommandError } from '../failure.ts'

/** Which container gets which image; '*' is all of them. */
export type ContainerImages = ReadonlyMap<string, string>

/** Takes arguments apart. Throws CommandError. */
export function parsePairs(args: readonly string[]): { resources: string[]; images: ContainerImages } {
  const isPair = (arg: string): boolean => arg.indexOf('=') > 0 || (arg.endsWith('-') && arg !== '-')
  const first = args.findIndex(isPair)
  const at = first < 0 ? args.length : first
  const pairs = args.slice(at)
  const late = pairs.find((arg) => !isPair(arg))
  if (late !== undefined) throw new CommandError(`all resources must be specified before image changes: ${late}`)
  const wrong = pairs.filter((arg) => arg.indexOf('=') <= 0)
  if (wrong.length > 0) throw new CommandError(`invalid image format: ${wrong.join(', ')}`)
  const images = new Map(pairs.map((arg) => [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)]))
  if (images.size === 0) throw new CommandError('at least one image update is required')
  if (images.size > 1 && images.has('*')) {
    throw new CommandError(
      'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    )
  }
  return { resources: args.slice(0, at), images }
}

// Arguments that name objects, in kubectl's forms: "TYPE/NAME...", "TYPE NAME...", "TYPE[,TYPE] --all|-l".
import { CommandError, UsageError } from '../failure.ts'

export const ALL_AND_SELECTOR = "setting 'all' parameter but found a non empty selector."

/** One type, and the names asked for; no names: all of them, or those that a selector picks. */
export interface Wanted {
  word: string
  names: string[]
}

/** Sorts arguments by type, in the order in which they were given. `many`: --all or a selector stands for names. */
export function parseArguments(args: readonly string[], many: boolean): Wanted[] {
  if (args.length === 0)
    throw new UsageError('one or more resources must be specified as <resource> <name> or <resource>/<name>')
  if (args.some((arg) => arg.includes('/'))) {
    if (many) throw new CommandError('selectors and the all flag cannot be used when passing resource/name arguments')
    return args.map(slashed)
  }
  const [types = '', ...names] = args
  const words = types.split(',').filter((word) => word !== '')
  if (many && names.length > 0) throw new UsageError('name cannot be provided when a selector is specified')
  if (!many && names.length === 0) {
    throw new UsageError('resource(s) were provided, but no name was specified')
  }
  return words.map((word) => ({ word, names: [...names] }))
}

function slashed(arg: string): Wanted {
  const [word, name, ...rest] = arg.split('/')
  if (!word || !name || rest.length > 0) {
    throw new UsageError(
      `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'millrace get resource/<resource_name>' instead of 'millrace get resource resource/<resource_name>'`,
    )
  }
  return { word, names: [name] }
}

import { splitTagName } from '../../core/image/names.ts'
import { CommandError } from '../failure.ts'

/** A tag to set or delete. */
export interface Destination {
  namespace: string
  /** "stream:tag" as typed, which messages repeat. */
  text: string
  stream: string
  tag: string
}

/** Reads [NAMESPACE/]STREAM:TAG. */
export function parseDestination(argument: string, namespace: string): Destination {
  const parts = argument.split('/')
  if (parts.length > 2) throw new CommandError(`invalid image stream "${argument}"`)
  const [own, text] = parts.length === 2 ? [parts[0]!, parts[1]!] : [namespace, argument]
  if (!own) throw new CommandError(`invalid namespace "" for image stream "${argument}"`)
  if (!text) throw new CommandError(`invalid name "" for image stream "${argument}"`)
  const name = splitTagName(text)
  if (!name) throw new CommandError(`"${text}" must be of the form <stream_name>:<tag>`)
  return { namespace: own, text, ...name }
}

// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
const TAG = /^\w[\w.-]{0,127}$/

/** Refuses tags that no registry takes. Deleting is not so strict: what exists must go away. */
export function checkTag(tag: string): void {
  if (TAG.test(tag)) return
  throw new CommandError(
    `invalid tag "${tag}" format, tags must start with an alphanumeric character followed by alphanumeric, '.' or '-' characters, and have a maximum of 128 characters`,
  )
}

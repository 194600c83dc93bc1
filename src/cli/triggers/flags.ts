// Flags of `set triggers`: what they ask for, and which go together.
import { CommandError } from '../failure.ts'
import { nameString, parseSpecOr } from '../stream/reference.ts'

/** As typed; a webhook flag is undefined unless it was given. */
export interface RawTriggerFlags {
  fromImage: string
  containers: string
  fromConfig: boolean
  webhooks: readonly ('GitHub' | 'GitLab' | 'Bitbucket' | 'generic')[]
  auto: boolean
  manual: boolean
  remove: boolean
  removeAll: boolean
}

/** What to do with the triggers of each object. */
export type TriggerAction =
  | { kind: 'print' }
  | { kind: 'removeAll' }
  | { kind: 'reset'; auto: boolean }
  | { kind: 'config'; remove: boolean }
  | { kind: 'image'; remove: boolean; auto: boolean; from: string; namespace: string; containers: string[] }
  | { kind: 'webhook'; remove: boolean; type: string }

/** Reads the flags. `namespace` is the current one. Throws CommandError. */
export function parseFlags(raw: RawTriggerFlags, namespace: string): TriggerAction {
  const { auto, manual, remove, removeAll, fromConfig, fromImage, webhooks } = raw
  const image = fromImage ? parseImage(fromImage, namespace) : undefined
  const count = (fromConfig ? 1 : 0) + (image ? 1 : 0) + webhooks.length
  if (auto && manual) throw new CommandError('you must specify at most one of --auto or --manual')
  if (remove && removeAll) throw new CommandError('you must specify either --remove or --remove-all')
  if (removeAll && (count > 0 || auto || manual)) {
    throw new CommandError('--remove-all may not be used with any other flag')
  }
  if (remove && count < 1) throw new CommandError('--remove requires a flag defining a trigger type to be specified')
  if (count > 1) throw new CommandError('you may only set one trigger type at a time')
  if (removeAll) return { kind: 'removeAll' }
  if (image) {
    const containers = raw.containers === '' ? [] : raw.containers.split(',')
    return { kind: 'image', remove, auto: !manual, ...image, containers }
  }
  if (fromConfig) return { kind: 'config', remove }
  if (webhooks[0]) return { kind: 'webhook', remove, type: webhooks[0] }
  return auto || manual ? { kind: 'reset', auto } : { kind: 'print' }
}

function parseImage(text: string, current: string): { from: string; namespace: string } {
  const reference = parseSpecOr(text, (problem) => {
    const what = 'the value of --from-image does not appear to be a valid reference to an image'
    return new CommandError(`${what}: ${problem}`)
  })
  const { registry, id, tag, namespace } = reference
  if (registry || id)
    throw new CommandError('the value of --from-image must point to an image stream tag on this server')
  if (!tag) throw new CommandError('the value of --from-image must include the tag you wish to pull from')
  return { from: nameString(reference), namespace: namespace === current ? '' : namespace }
}

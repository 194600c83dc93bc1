// Changing a definition as flags say. Pure; oc's quirks are kept where objects written by either must agree.
import { CommandError } from '../failure.ts'
import type { ImageTrigger, TriggerDefinition } from './definition.ts'
import type { TriggerAction } from './flags.ts'

/** The definition after an action. Throws CommandError for what annotated objects cannot have. */
export function editTriggers(definition: TriggerDefinition, action: TriggerAction): TriggerDefinition {
  switch (action.kind) {
    case 'removeAll':
      return { config: false, images: [] }
    case 'reset':
      return { config: action.auto, images: definition.images.map((t) => withAuto(t, action.auto)) }
    case 'config':
      return { ...definition, config: !action.remove }
    case 'image':
      return { ...definition, images: action.remove ? without(definition, action.from) : withImage(definition, action) }
    case 'webhook':
      if (action.remove) return definition
      throw new CommandError(`does not support ${action.type === 'generic' ? '' : `${action.type} `}web hooks`)
    default:
      return definition
  }
}

const withAuto = (trigger: ImageTrigger, auto: boolean): ImageTrigger => ({ ...trigger, auto })

/** The namespace does not count here, as in oc. */
function without(definition: TriggerDefinition, from: string): ImageTrigger[] {
  return definition.images.filter((trigger) => trigger.from !== from)
}

/** Replaces the containers of the first entry for the same tag, or adds an entry. */
function withImage(definition: TriggerDefinition, action: Extract<TriggerAction, { kind: 'image' }>): ImageTrigger[] {
  const { from, namespace, auto, containers } = action
  const at = definition.images.findIndex((t) => t.from === from && t.namespace === namespace)
  const trigger = { auto, from, namespace, containers }
  return at < 0 ? [...definition.images, trigger] : definition.images.with(at, trigger)
}

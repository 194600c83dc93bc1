// Local lookup: a stream says it of itself, anything else says it of the images that it names.
import type { ImageStream } from '../../core/image/types.ts'
import type { KubeObject } from '../../core/machinery/object.ts'

/** Annotation that asks for names in an object to be looked up among image streams; "*" is the only value. */
export const RESOLVE_NAMES = 'alpha.image.policy.openshift.io/resolve-names'

type Annotated = { metadata?: { annotations?: Record<string, string> | null } }
interface Templated extends KubeObject {
  spec?: { template?: Annotated; jobTemplate?: { spec?: { template?: Annotated } } }
}

/** Whether names are looked up. */
export function readLookup(object: KubeObject): boolean {
  if (object.kind === 'ImageStream') return (object as ImageStream).spec.lookupPolicy?.local ?? false
  const { template } = templateOf(object)
  return marked(template) || marked(object)
}

/** The merge patch, of either type, that turns lookup on or off; undefined when nothing changes. */
export function lookupPatch(object: KubeObject, enabled: boolean): object | undefined {
  if (object.kind === 'ImageStream') {
    const local = (object as ImageStream).spec.lookupPolicy?.local ?? false
    return local === enabled ? undefined : { spec: { lookupPolicy: { local: enabled } } }
  }
  const { template, wrap } = templateOf(object)
  if (marked(template ?? object) === enabled) return undefined
  return wrap({ metadata: { annotations: { [RESOLVE_NAMES]: enabled ? '*' : null } } })
}

const marked = (at: Annotated | undefined): boolean => at?.metadata?.annotations?.[RESOLVE_NAMES] === '*'

/** The pod template of an object, and how a patch of it is wrapped. */
function templateOf(object: KubeObject): { template: Annotated | undefined; wrap: (patch: object) => object } {
  const { spec } = object as Templated
  if (spec?.template) return { template: spec.template, wrap: (template) => ({ spec: { template } }) }
  const template = spec?.jobTemplate?.spec?.template
  if (template) return { template, wrap: (t) => ({ spec: { jobTemplate: { spec: { template: t } } } }) }
  return { template: undefined, wrap: (patch) => patch }
}

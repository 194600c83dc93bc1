// Triggers of an object, apart from how the object writes them down.

/** One image trigger: a tag of a stream, and the containers that get its image. */
export interface ImageTrigger {
  auto: boolean
  /** "stream:tag". */
  from: string
  /** '' for the object's own. */
  namespace: string
  containers: string[]
}

/** The triggers of one object. */
export interface TriggerDefinition {
  /** Rolls out when the template changes; a Deployment without it is paused. */
  config: boolean
  images: ImageTrigger[]
}

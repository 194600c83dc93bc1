// What the resources of image.openshift.io are made with.
import type { ImportMode } from '../../core/image/defaults.ts'
import type { Importer } from '../../core/image/import.ts'
import type { PullSecret } from '../../core/image/pullSecrets.ts'
import type { LimitRange } from '../../core/image/limits.ts'
import type { ImageStream } from '../../core/image/types.ts'
import type { AllowedRegistry } from '../../core/image/registryPolicy.ts'
import type { ObjectList } from '../../core/machinery/object.ts'
import type { Store } from '../../store/store.ts'

/** How image streams behave in this installation. */
export interface ImageConfig {
  /** `host[:port]` of a registry that serves streams inside the cluster; undefined: there is none. */
  internalRegistryHostname?: string
  /** Its names from outside; the first is shown. */
  externalRegistryHostnames?: readonly string[]
  /** Tags that an import of a repository fetches; -1: all. */
  bulkLimit: number
  /** What becomes of a multi-platform image when the client does not say. */
  importMode: ImportMode
  /** Registries that images may come from; empty or undefined: any. */
  allowedRegistries?: readonly AllowedRegistry[]
}

/** Where objects are kept, and how images are imported. */
export interface ImageDeps {
  store: Store
  importer: Importer
  config: ImageConfig
  /** Pull secrets of a namespace. */
  secrets(namespace: string): Promise<PullSecret[]>
  /** Hears what an import has made of a stream; `before` is undefined when there was none. */
  imported?: (before: ImageStream | undefined, after: ImageStream) => void
  /** LimitRanges of a namespace; without it nothing is limited. */
  limitRanges?: (namespace: string) => Promise<readonly LimitRange[]>
  /** The same secrets whole, for `imagestreams/secrets`; without it that answers what `secrets` knows. */
  secretList?(namespace: string): Promise<ObjectList>
}

/** The API group of all image resources. */
export const GROUP = 'image.openshift.io'
/** Its only version. */
export const VERSION = 'v1'

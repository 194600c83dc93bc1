// What standalone serves: image streams, and the stand-in cluster around them.
import { Persisted } from '../apiserver/persisted.ts'
import { imageResources, type ImageConfig, type ImageDeps } from '../apiserver/resources/index.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Resource } from '../core/machinery/resource.ts'
import { sandboxResources } from '../sandbox/index.ts'
import { limitRanges } from './limitRanges.ts'
import { pullSecrets } from './pullSecrets.ts'

/** OpenShift's defaults: 50 tags of a repository, one platform of an image. */
export const IMAGE_DEFAULTS: ImageConfig = { bulkLimit: 50, importMode: 'Legacy' }

/** All resources of standalone, kept in the store. `client`: of the server that serves them, asked once it is there. */
export function standaloneResources(
  { store, importer, imported }: Pick<ImageDeps, 'store' | 'importer' | 'imported'>,
  client: () => ObjectClient,
): Resource[] {
  return [
    ...sandboxResources({ stored: (declared) => new Persisted({ ...declared, store }) }),
    ...imageResources({
      store,
      importer,
      ...(imported && { imported }),
      config: IMAGE_DEFAULTS,
      ...pullSecrets(client),
      limitRanges: limitRanges(client),
    }),
  ]
}

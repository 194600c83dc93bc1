// What standalone serves: image streams, and the stand-in cluster around them.
import { Persisted } from '../apiserver/persisted.ts'
import { imageResources, type ImageConfig, type ImageDeps } from '../apiserver/resources/index.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Resource } from '../core/machinery/resource.ts'
import type { Registries } from '../core/registries/prefix.ts'
import { sandboxResources } from '../sandbox/index.ts'
import { limitRanges } from './limitRanges.ts'
import { pullSecrets } from './pullSecrets.ts'

/** OpenShift's defaults: 50 tags of a repository, one platform of an image. */
const DEFAULTS: ImageConfig = { bulkLimit: 50, importMode: 'Legacy' }

/** The same, with what the administrator says of registries at the moment. */
export const imageConfig = (registries: () => Registries): ImageConfig => ({
  ...DEFAULTS,
  get allowedRegistries() {
    return registries().configuration.allowedRegistriesForImport ?? []
  },
})

/** All resources of standalone, kept in the store. `client`: of the server that serves them, asked once it is there. */
export function standaloneResources(
  { store, importer, imported }: Pick<ImageDeps, 'store' | 'importer' | 'imported'>,
  client: () => ObjectClient,
  registries: () => Registries,
): Resource[] {
  return [
    ...sandboxResources({ stored: (declared) => new Persisted({ ...declared, store }) }),
    ...imageResources({
      store,
      importer,
      ...(imported && { imported }),
      config: imageConfig(registries),
      ...pullSecrets(client),
      limitRanges: limitRanges(client),
    }),
  ]
}

// What is said of registries, for the server to follow.
import type { Manifest } from '../manifest.ts'
import { REGISTRIES, REGISTRIES_KEY } from '../names.ts'

/** `text`: YAML. */
export const registriesMap = (namespace: string, text: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: REGISTRIES, namespace },
  data: { [REGISTRIES_KEY]: text },
})

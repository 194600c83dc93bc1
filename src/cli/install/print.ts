import { stringify } from 'yaml'
import { manifests } from '../../install/manifests.ts'
import type { Settings } from '../../install/settings.ts'

/** All objects of an installation as a stream of YAML documents. */
export function printed(settings: Settings): string {
  return manifests(settings)
    .map((object) => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`)
    .join('')
}

import { stringify } from 'yaml'
import { manifests } from '../../install/manifests.ts'
import type { Settings } from '../../install/settings.ts'
import { CommandError } from '../failure.ts'

/** All objects of an installation: as a stream of YAML documents, or as a List. `output`: -o as typed. Error: CommandError. */
export function printed(settings: Settings, output = 'yaml'): string {
  const items = manifests(settings)
  if (output === 'json') return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 4)}\n`
  if (output !== 'yaml') throw new CommandError(`--print knows the formats yaml and json, not "${output}"`)
  return items.map((object) => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`).join('')
}

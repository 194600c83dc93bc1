// --registries: a file that says how registries are reached. docs/registries.md
import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import { ConfigurationError } from '../core/registries/located.ts'
import { parseRegistries } from '../core/registries/parse.ts'
import { CommandError } from './failure.ts'

/** Declares it. */
export const registriesOption = (about: string): Option => new Option('--registries <file>', about)

/** For servers that read the file themselves. */
export const REGISTRIES_HELP = 'how registries are reached: mirrors, certificates, proxies and more, as YAML'

/** The text of the file, fit for a server in a cluster. Error: CommandError. */
export function registriesText(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    parseRegistries(text, { files: false, secrets: true })
    return text
  } catch (error) {
    if (error instanceof ConfigurationError)
      throw new CommandError(`--registries ${path}: ${error.message}`, { cause: error })
    throw new CommandError(`--registries: ${(error as Error).message}`, { cause: error })
  }
}

// What --registries of `install` names.
import { readFileSync } from 'node:fs'
import { ConfigurationError } from '../../core/registries/located.ts'
import { parseRegistries } from '../../core/registries/parse.ts'
import { CommandError } from '../failure.ts'

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

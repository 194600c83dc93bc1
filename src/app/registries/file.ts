// The configuration of registries from a file, with the files that it names. Read once, at the start.
import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { RegistriesConfiguration, RegistryConfiguration } from '../../core/registries/configuration.ts'
import { ConfigurationError } from '../../core/registries/located.ts'
import { parseRegistries, type Surroundings } from '../../core/registries/parse.ts'
import { StartupError } from '../startup.ts'
import { authorityProblem, pairProblem } from './material.ts'

/** Bytes of each file: a ConfigMap holds no more. */
const LIMIT = 1024 * 1024

/** Reads it. Paths in it start from where it lies. Throws StartupError. */
export async function readRegistries(
  path: string,
  surroundings: Pick<Surroundings, 'secrets'>,
): Promise<RegistriesConfiguration> {
  try {
    const parsed = parseRegistries(await readText(path), { ...surroundings, files: true })
    const read = (file: string) => readText(resolve(dirname(path), file))
    return { ...parsed, registries: await Promise.all(parsed.registries.map((entry) => withFiles(entry, read))) }
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    throw new StartupError(`--registries ${path}: ${error.message}`, { cause: error })
  }
}

async function withFiles(
  entry: RegistryConfiguration,
  read: (file: string) => Promise<string>,
): Promise<RegistryConfiguration> {
  const { prefix, caFile, clientCertificate } = entry
  const ca = caFile === undefined ? entry.ca : await read(caFile)
  const problem = ca === undefined ? undefined : authorityProblem(ca)
  if (problem) throw new ConfigurationError(`the certificates for ${prefix}: ${problem}`)
  const withCa = ca === undefined ? entry : { ...entry, ca }
  if (!clientCertificate || 'secret' in clientCertificate) return withCa
  const { certFile, keyFile } = clientCertificate
  const client = { cert: await read(certFile), key: await read(keyFile) }
  const mismatch = pairProblem(client)
  if (mismatch) throw new ConfigurationError(`the client certificate for ${prefix}: ${mismatch}`)
  return { ...withCa, client }
}

async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > LIMIT) throw new ConfigurationError(`${path} has more than ${LIMIT} bytes`)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    throw new ConfigurationError(`${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

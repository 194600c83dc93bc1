// Objects out of YAML or JSON files.
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { KubeObject } from '../../core/machinery/object.ts'
import { CommandError } from '../failure.ts'

/** Reads every object of a file ("-": standard input); lists are taken apart. Throws CommandError. */
export async function documents(file: string): Promise<KubeObject[]> {
  const content = file === '-' ? await text(process.stdin) : await read(file)
  const { parseAllDocuments } = await import('yaml')
  const objects: KubeObject[] = []
  for (const document of parseAllDocuments(content)) {
    const [error] = document.errors
    if (error) throw new CommandError(`${file}: ${error.message.split('\n', 1)[0]}`)
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    if (value === null || value === undefined) continue
    objects.push(...flatten(value, file))
  }
  if (objects.length === 0) throw new CommandError(`no objects in ${file}`)
  return objects
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (missing) throw new CommandError(`the path "${file}" does not exist`, { cause: error })
    throw new CommandError(`cannot read ${file}: ${String(error)}`, { cause: error })
  }
}

function flatten(value: unknown, file: string): KubeObject[] {
  const object = value as { kind?: unknown; apiVersion?: unknown; items?: unknown; metadata?: { name?: unknown } }
  if (typeof object !== 'object' || typeof object.kind !== 'string' || typeof object.apiVersion !== 'string') {
    throw new CommandError(`${file}: every object needs apiVersion and kind`)
  }
  if (object.kind.endsWith('List') && Array.isArray(object.items)) {
    return (object.items as unknown[]).flatMap((item) => flatten(item, file))
  }
  if (typeof object.metadata?.name !== 'string') throw new CommandError(`${file}: ${object.kind} without metadata.name`)
  return [value as KubeObject]
}

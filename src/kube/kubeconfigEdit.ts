// Changing a kubeconfig: the named entries and the current context, and nothing else of the file.
import { open, readFile, realpath, rm } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isMap, isSeq, parseDocument, YAMLSeq, type Document } from 'yaml'
import { makePrivateDirectory } from '../http/privateDirectory.ts'
import { writePrivate } from '../http/privateFile.ts'
import { KubeconfigError } from './access.ts'
import type { ContextSwitch } from './contextSwitch.ts'

/** Entries that point to files, which are written as seen from the kubeconfig where they lie below it. */
const PATHS: readonly string[] = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile']

/** kubectl and oc take the same lock. They hold it for milliseconds; who crashes leaves it behind. */
const LOCK_ATTEMPTS = 40
const LOCK_PAUSE_MS = 50

/** Numbers keep their digits, and words that older YAML takes for something else (`yes`) get quotes: kubectl reads that. */
const READ = { intAsBigInt: true, compat: 'yaml-1.1' } as const
/** As kubectl lays lists out. Base64 is one long line: never folded. */
const WRITE = { lineWidth: 0, indentSeq: false, flowCollectionPadding: false } as const

/** Writes a switch into a file, made when it is missing: atomically, mode 0600. Throws KubeconfigError. */
export async function writeSwitch(file: string, change: ContextSwitch): Promise<void> {
  try {
    const target = await existing(resolve(file))
    await makePrivateDirectory(dirname(target))
    await locked(target, async () => {
      const document = parse(target, await text(target))
      const before = document.toString(WRITE)
      apply(document, dirname(target), change)
      const after = document.toString(WRITE)
      if (after !== before) await writePrivate(target, after)
    })
  } catch (error) {
    if (error instanceof KubeconfigError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new KubeconfigError(`cannot write the kubeconfig ${file}: ${why}`, { cause: error })
  }
}

/** What a link leads to is written, not the link. */
async function existing(file: string): Promise<string> {
  return realpath(file).catch(() => file)
}

async function text(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  })
}

async function locked(file: string, work: () => Promise<void>): Promise<void> {
  const lock = `${file}.lock`
  for (let attempt = 1; ; attempt++) {
    try {
      await (await open(lock, 'wx', 0o600)).close()
      break
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
      if (attempt === LOCK_ATTEMPTS)
        throw new KubeconfigError(
          `${lock} is there: another program changes the kubeconfig; if none does, remove that file`,
        )
      await pause(LOCK_PAUSE_MS)
    }
  }
  try {
    await work()
  } finally {
    await rm(lock, { force: true })
  }
}

function parse(file: string, content: string): Document {
  const document: Document = parseDocument(content, READ)
  const [problem] = document.errors
  if (problem) throw new KubeconfigError(`cannot read the kubeconfig ${file}: ${problem.message.split('\n', 1)[0]}`)
  if (document.contents === null) document.contents = document.createNode({ apiVersion: 'v1', kind: 'Config' })
  if (!isMap(document.contents)) throw new KubeconfigError(`${file} is not a kubeconfig`)
  return document
}

function apply(document: Document, directory: string, { current, clusters, users, contexts }: ContextSwitch): void {
  if (clusters) put(document, 'clusters', clusters.name, 'cluster', fromDirectory(clusters.cluster, directory))
  if (users) put(document, 'users', users.name, 'user', fromDirectory(users.user, directory))
  if (contexts) put(document, 'contexts', contexts.name, 'context', contexts.context)
  document.set('current-context', current)
}

/** Puts an entry into a list, in the place of one of the same name. */
function put(document: Document, list: string, name: string, key: string, value: object): void {
  let entries: unknown = document.get(list)
  if (!isSeq(entries)) document.set(list, (entries = new YAMLSeq()))
  const { items } = entries as YAMLSeq
  const known = items.find((item) => isMap(item) && item.get('name') === name)
  if (isMap(known)) known.set(key, document.createNode(value))
  else items.push(document.createNode({ [key]: value, name }))
}

/** Paths of files below the directory as seen from there: a kubeconfig is moved together with what it names. */
function fromDirectory(entry: object, directory: string): object {
  return Object.fromEntries(
    Object.entries(entry).map(([key, value]: [string, unknown]) => {
      if (!PATHS.includes(key) || typeof value !== 'string') return [key, value]
      const path = relative(directory, resolve(value))
      return [key, path.startsWith('..') ? resolve(value) : path]
    }),
  )
}

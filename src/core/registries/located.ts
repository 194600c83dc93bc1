// A value of a YAML document that knows where it stands, so that whoever wrote it is told the line.
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { didYouMean, quote } from '../image/triggers/problem.ts'

/** A document that is not as it should be. The message is one line: where, what is wrong, and what to write instead. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}

/** Characters of a document: a ConfigMap holds a mebibyte. */
const MAX_DOCUMENT = 512 * 1024
/** Characters of a text that says nothing else: the longest are URLs. */
const MAX_TEXT = 1024

// Keys that repeat are found below; the parser would compare each key with all others of its map.
const OPTIONS = { schema: 'core', resolveKnownTags: false, uniqueKeys: false, prettyErrors: false } as const

/** Reads a YAML text; undefined for one that says nothing. Throws ConfigurationError. */
export function readLocated(text: string): Located | undefined {
  if (text.length > MAX_DOCUMENT) throw new ConfigurationError(`it has more than ${MAX_DOCUMENT} characters`)
  const lines = new LineCounter()
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines, logLevel: 'error' })
  const [error] = document.errors
  if (error) throw new ConfigurationError(`line ${lines.linePos(error.pos[0]).line}: it is no YAML: ${error.message}`)
  const { contents } = document
  return contents === null || isNull(contents) ? undefined : new Located(contents, '', lines)
}

/** See above. Its methods throw ConfigurationError. */
export class Located {
  readonly #node: Node
  readonly #path: string
  readonly #lines: LineCounter

  constructor(node: Node, path: string, lines: LineCounter) {
    this.#node = node
    this.#path = path
    this.#lines = lines
  }

  /** `problem` says what is wrong and what to do. */
  fail(problem: string): never {
    throw new ConfigurationError(`line ${this.#line(this.#node)}: ${this.#path && `${this.#path}: `}${problem}`)
  }

  /** A text that is not empty, of at most so many characters. */
  text(limit = MAX_TEXT): string {
    const value: unknown = isScalar(this.#node) ? this.#node.value : undefined
    if (typeof value !== 'string') this.fail('it must be a text')
    if (value === '') this.fail('it is empty: leave the field out, or say something')
    if (value.length > limit) this.fail(`it has more than ${limit} characters`)
    return value
  }

  flag(): boolean {
    const value: unknown = isScalar(this.#node) ? this.#node.value : undefined
    return typeof value === 'boolean' ? value : this.fail('it must be true or false')
  }

  list(limit: number): Located[] {
    if (!isSeq(this.#node)) this.fail('it must be a list')
    const { items } = this.#node
    if (items.length > limit) this.fail(`it has ${items.length} entries, and ${limit} is the limit`)
    return items.map((item, i) => this.#child(item as Node, `${this.#path}[${i}]`))
  }

  /** The fields of a map. What is null counts as left out; what is not one of `names` is refused. */
  fields<N extends string>(names: readonly N[]): Partial<Record<N, Located>> {
    if (!isMap(this.#node)) this.fail(`it must be a map of ${names.join(', ')}`)
    const found: Partial<Record<N, Located>> = {}
    const seen = new Set<string>()
    for (const { key, value } of this.#node.items) {
      const name = isScalar(key) ? String(key.value) : ''
      const at = this.#child(key as Node, this.#path)
      const known = names.find((candidate) => candidate === name) ?? at.fail(unknown(name, names))
      if (seen.has(name)) at.fail(`${name} stands there twice`)
      seen.add(name)
      if (value === null || isNull(value as Node)) continue
      found[known] = this.#child(value as Node, this.#path ? `${this.#path}.${name}` : name)
    }
    return found
  }

  #child(node: Node, path: string): Located {
    const child = new Located(node, path, this.#lines)
    return isScalar(node) || isMap(node) || isSeq(node) ? child : child.fail('aliases are not read: write it out')
  }

  #line(node: Node): number {
    return this.#lines.linePos(node.range?.[0] ?? 0).line
  }
}

const unknown = (name: string, names: readonly string[]) =>
  `there is no field ${quote(name)}${didYouMean(name, names) || `: there are ${names.join(', ')}`}`

const isNull = (node: Node) => isScalar(node) && node.value === null

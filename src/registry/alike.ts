// Who is alike to a registry: namespaces that have the same credentials for what it was asked are told the same, by one request.
import { createHmac, randomBytes } from 'node:crypto'
import type { Credential } from './reader.ts'

/**
 * Makes what stands for credentials, in their order, where they are compared: as short for many as for one. Its key is not shown to
 * anybody and ends with the process, so that nobody can try passwords by what it makes.
 */
export function createFingerprint(): (credentials: readonly Credential[]) => string {
  const key = randomBytes(32)
  return (credentials) => {
    const text = JSON.stringify(credentials.map(({ username, password }) => [username, password]))
    return createHmac('sha256', key).update(text).digest('base64')
  }
}

/** Namespaces of one check, who are asked about one after the other until all have been told. */
export class Alike {
  readonly #rest: Set<string>
  readonly #fingerprint: (namespace: string, subject: string) => Promise<string>
  /** By what was asked, then by what they are for that. As many as there are orders in which mirrors come in: few. */
  readonly #groups = new Map<string, Map<string, string[]>>()

  /** `fingerprint`: of the credentials of a namespace for a subject; called once for each, however many are asked as. */
  constructor(namespaces: readonly string[], fingerprint: (namespace: string, subject: string) => Promise<string>) {
    this.#rest = new Set(namespaces)
    this.#fingerprint = fingerprint
  }

  /** All have been told. */
  get isEmpty(): boolean {
    return this.#rest.size === 0
  }

  /** Takes who is asked as next; undefined: all have been told. */
  next(): string | undefined {
    const [first] = this.#rest
    if (first !== undefined) this.#rest.delete(first)
    return first
  }

  /** Takes who would have been told the same: all where nobody's credentials were asked for. `asked`: fingerprints by subject. */
  async take(asked: ReadonlyMap<string, string>): Promise<string[]> {
    const subjects = [...asked.keys()].sort()
    const groups = await this.#grouped(subjects)
    const name = nameOf(subjects.map((subject) => asked.get(subject)!))
    const found = groups.get(name)?.filter((each) => this.#rest.delete(each)) ?? []
    groups.delete(name)
    return found
  }

  async #grouped(subjects: readonly string[]): Promise<Map<string, string[]>> {
    const key = nameOf(subjects)
    const known = this.#groups.get(key)
    if (known) return known
    const groups = new Map<string, string[]>()
    this.#groups.set(key, groups)
    const names = await Promise.all(Array.from(this.#rest, (namespace) => this.#nameOf(namespace, subjects)))
    for (const [i, namespace] of [...this.#rest].entries()) {
      const name = names[i]
      // Who cannot be asked for is asked about alone, where that shows.
      if (name !== undefined) groups.getOrInsertComputed(name, () => []).push(namespace)
    }
    return groups
  }

  #nameOf(namespace: string, subjects: readonly string[]): Promise<string | undefined> {
    const prints = subjects.map((subject) => this.#fingerprint(namespace, subject))
    return Promise.all(prints).then(nameOf, () => undefined)
  }
}

const nameOf = (parts: readonly string[]): string => parts.join('\n')

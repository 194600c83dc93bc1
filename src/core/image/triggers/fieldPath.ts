// Field paths of triggers. They look like JSONPath and are not: the text is matched literally, with a few liberties that
// annotations out there rely on.
//
//   path     := base "." list "[" selector "]" ["."] "image"
//   list     := "containers" | "initContainers"
//   selector := integer | '?(@.name=="' NAME '")'      the two decorations of NAME count one by one
import { closest } from './suggest.ts'
import { didYouMean, quote } from './problem.ts'
import type { ContainerList, ContainerPlace } from '../podSpec.ts'
import type { WorkloadKind } from '../workloads.ts'

/** Selects by position in its own list, or by name in all. */
export type Selector = { list: ContainerList; index: number } | { list: ContainerList; name: string }

/** outside: not below the kind's pod spec. invalid: below it, but no image of a container. */
export type ParsedPath = { is: 'path'; selector: Selector } | { is: 'outside' } | { is: 'invalid'; why: string }

/** Names of containers that a message lists: events are cut at 1024 characters. */
const NAMES_SHOWN = 10

const PREFIX = '?(@.name=="'
const SUFFIX = '")'

/** Reads a field path of a workload of this kind. */
export function parseFieldPath(kind: WorkloadKind, path: string): ParsedPath {
  const base = kind.podSpec
  if (!path.startsWith(base)) return { is: 'outside' }
  const rest = path.slice(base.length).replace(/^\./, '')
  const list = (['containers', 'initContainers'] as const).find((word) => rest.startsWith(`${word}[`))
  if (list === undefined) return { is: 'invalid', why: 'only containers[…] and initContainers[…] can be set' }
  const end = rest.indexOf(']')
  if (end < 0) return { is: 'invalid', why: 'the "]" is missing' }
  const field = rest.slice(end + 1).replace(/^\./, '')
  if (field !== 'image')
    return { is: 'invalid', why: `only the field image of a container can be set, not ${quote(field)}` }
  const selector = rest.slice(list.length + 1, end)
  if (/^[+-]?[0-9]{1,9}$/.test(selector)) return { is: 'path', selector: { list, index: Number(selector) } }
  const name = strip(selector)
  if (name === selector) return { is: 'invalid', why: `${quote(selector)} selects no container` }
  return { is: 'path', selector: { list, name } }
}

/** The container that a selector means. `containers` as containersOf gives them: a name is looked up in that order. */
export function select(containers: readonly ContainerPlace[], selector: Selector): ContainerPlace | undefined {
  if ('name' in selector) return containers.find((c) => c.name === selector.name)
  return containers.find((c) => c.list === selector.list && c.index === selector.index)
}

/** The usual way to write the path of what a selector selects. */
export function formatFieldPath({ podSpec }: WorkloadKind, selector: Selector): string {
  const inner = 'name' in selector ? `${PREFIX}${selector.name}${SUFFIX}` : String(selector.index)
  return `${podSpec}.${selector.list}[${inner}].image`
}

/** By name, unless it has none. */
const selectorOf = ({ list, name, index }: ContainerPlace): Selector => (name ? { list, name } : { list, index })

/** `; did you mean …?` for a path that cannot be used, from what of it can be recognised. */
export function suggestPath(kind: WorkloadKind, path: string, containers: readonly ContainerPlace[]): string {
  const written = writtenName(path)
  const names = containers.map((c) => c.name)
  const name = names.find((n) => n === written) ?? closest(written ?? '', names)
  const container = containers.length === 1 ? containers[0] : containers.find((c) => c.name === name)
  const meant = container ? selectorOf(container) : ({ list: 'containers', name: 'NAME' } as const)
  const shown = quote(formatFieldPath(kind, meant))
  return container ? `; did you mean ${shown}?` : `; write it like ${shown}`
}

/** What was probably meant as the name: the word behind `name=`, else behind the list. In linear time: `\W` includes the `=`. */
function writtenName(path: string): string | undefined {
  for (const [, between = '', word] of path.matchAll(/name(\W+)(\w[\w.-]*)/g)) if (between.includes('=')) return word
  return /ontainers\W+(\w[\w.-]*)/.exec(path)?.[1]
}

/** Why a path selects no container, with what was probably meant. */
export function explainMissing(
  kind: WorkloadKind,
  path: string,
  selector: Selector,
  containers: readonly ContainerPlace[],
): string {
  const names = containers.map((c) => c.name)
  if ('index' in selector) {
    const count = containers.filter((c) => c.list === selector.list).length
    return `no ${selector.list}[${selector.index}]: positions count from 0, there are ${count} ${selector.list}`
  }
  // What is no name at all is a slip in the decorations around it. And containers without names have to be counted.
  if (/[^A-Za-z0-9-]/.test(selector.name) || names.includes(''))
    return `no container ${quote(selector.name)}${suggestPath(kind, path, containers)}`
  const meant = didYouMean(selector.name, names) || `; there is ${listNames(names)}`
  return `no container ${quote(selector.name)}${meant}`
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map(quote).join(', ') || 'none'
  const more = names.length - NAMES_SHOWN
  return more > 0 ? `${shown} and ${more} more` : shown
}

function strip(selector: string): string {
  const name = selector.startsWith(PREFIX) ? selector.slice(PREFIX.length) : selector
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name
}

// What Helm makes of our chart, as far as the chart goes: Go's `if`, `range`, `else`, `end` and pipelines, with the functions below.
// Anything else is an error, so that the chart stays within what is tested here. https://pkg.go.dev/text/template
import { parseAllDocuments } from 'yaml'
import type { KubeObject } from '../../src/core/machinery/object.ts'

/** What a template may refer to. */
export interface Release {
  values: Readonly<Record<string, unknown>>
  namespace: string
}

/** The objects of a template. Error: an expression that is not known here, or a value that is required. */
export function rendered(template: string, release: Release): KubeObject[] {
  return parseAllDocuments(renderedText(template, release))
    .map((document) => {
      if (document.errors[0]) throw document.errors[0]
      return document.toJS() as KubeObject | null
    })
    .filter((object) => object !== null)
}

/** The text of a template. */
export function renderedText(template: string, release: Release): string {
  const pieces = template.split(/(\s*\{\{- .*? \}\}|\{\{ .*? \}\})/)
  const [text, end] = block(pieces, 0, release, undefined)
  if (end !== pieces.length) throw new Error(`nothing is open before ${pieces[end]}`)
  return text
}

/** Without braces: what is to be done, if a piece says so. */
const actionOf = (piece: string): string | undefined => /^\s*\{\{-? (.*) \}\}$/.exec(piece)?.[1]

/** Renders pieces from `start` to the end of the block that they are in; gives the index of the piece that ends it. */
function block(pieces: readonly string[], start: number, release: Release, dot: unknown): [string, number] {
  let text = ''
  let at = start
  for (; at < pieces.length; at++) {
    const piece = pieces[at]!
    const action = actionOf(piece)
    const [, word, condition = ''] = /^(if|range) (.*)$/.exec(action ?? '') ?? []
    if (action === 'else' || action === 'end') break
    if (word === undefined) {
      text += action === undefined ? piece : shown(pipeline(action, release, dot))
      continue
    }
    const value = pipeline(condition, release, dot)
    const dots = word === 'range' ? (value as unknown[]) : isTrue(value) ? [dot] : []
    // Each is rendered; where there is none, the block is only passed over.
    const bodies = dots.map((each) => block(pieces, at + 1, release, each))
    let end = bodies[0]?.[1] ?? after(pieces, at + 1)
    let other = ''
    if (actionOf(pieces[end] ?? '') === 'else') {
      if (dots.length === 0) other = block(pieces, end + 1, release, dot)[0]
      end = after(pieces, end + 1)
    }
    if (actionOf(pieces[end] ?? '') !== 'end') throw new Error(`${piece} is not closed`)
    text += bodies.map(([body]) => body).join('') + other
    at = end
  }
  return [text, at]
}

/** Index of the piece that ends the block that begins at `start`. */
function after(pieces: readonly string[], start: number): number {
  let depth = 0
  for (let at = start; at < pieces.length; at++) {
    const action = actionOf(pieces[at]!) ?? ''
    if (depth === 0 && (action === 'end' || action === 'else')) return at
    if (/^(if|range) /.test(action)) depth++
    if (action === 'end') depth--
  }
  return pieces.length
}

const isTrue = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))
const shown = (value: unknown): string => (typeof value === 'string' ? value : String(value))

/** Functions of Go's templates and of Helm, by their names. https://helm.sh/docs/chart_template_guide/function_list/ */
const FUNCTIONS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  eq: (a: unknown, b: unknown) => a === b,
  not: (value: unknown) => !isTrue(value),
  contains: (part: string, text: string) => text.includes(part),
  toJson: (value: unknown) => JSON.stringify(value),
  replace: (old: string, by: string, text: string) => text.replaceAll(old, () => by),
  regexReplaceAll: (pattern: string, text: string, by: string) => text.replaceAll(new RegExp(pattern, 'g'), by),
  required: (message: string, value: unknown) => {
    if (value === '' || value === undefined || value === null) throw new Error(message)
    return value
  },
}

/** Calls and values joined by bars; the value of each is the last argument of the next. */
function pipeline(text: string, release: Release, dot: unknown): unknown {
  const words: string[] = text.match(/"[^"]*"|[^\s"]+/g) ?? []
  let last: unknown[] = []
  for (let rest = words; rest.length > 0;) {
    const bar = rest.indexOf('|')
    const [name = '', ...args] = bar < 0 ? rest : rest.slice(0, bar)
    rest = bar < 0 ? [] : rest.slice(bar + 1)
    const values = [...args.map((word) => operand(word, release, dot)), ...last]
    const called = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
    if (!called && values.length > 0) throw new Error(`unknown function: ${name}`)
    last = [called ? called(...(values as never[])) : operand(name, release, dot)]
  }
  return last[0]
}

function operand(word: string, { values, namespace }: Release, dot: unknown): unknown {
  if (word === '.') return dot
  if (word.startsWith('"')) return JSON.parse(word)
  if (word === '$.Release.Namespace') return namespace
  if (word === '$.Release.Service') return 'Helm'
  const name = word.replace('$.Values.', '')
  if (!Object.hasOwn(values, name)) throw new Error(`there is no value ${word}`)
  return values[name]
}

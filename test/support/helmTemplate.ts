// What Helm makes of our chart, as far as the chart goes: `if eq`, `if not`, `range`, `else`, `end`; values, `toJson`, `required`.
// Anything else is an error, so that the chart stays within what is tested here.
import { parseAllDocuments } from 'yaml'
import type { KubeObject } from '../../src/core/machinery/object.ts'

/** What a template may refer to. */
export interface Release {
  values: Readonly<Record<string, unknown>>
  namespace: string
}

/** The objects of a template. Error: an expression that is not known here, or a value that is required. */
export function rendered(template: string, release: Release): KubeObject[] {
  const lines = template.split('\n')
  const [text, rest] = block(lines, 0, release, undefined)
  if (rest !== lines.length) throw new Error(`line ${rest + 1}: nothing is open`)
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null)
}

const OPEN = /^\{\{- (if|range) (.*) \}\}$/

/** Renders lines from `at` until the end of the block that they are in; gives the index of that line. */
function block(lines: readonly string[], start: number, release: Release, dot: unknown): [string, number] {
  let text = ''
  let at = start
  while (at < lines.length) {
    const line = lines[at]!
    const [, word, condition = ''] = OPEN.exec(line) ?? []
    if (word === undefined) {
      if (/^\{\{- (else|end) \}\}$/.test(line)) break
      text += `${line.replaceAll(/\{\{ (.*?) \}\}/g, (_, expression: string) => value(expression, release, dot))}\n`
      at++
      continue
    }
    const dots = word === 'range' ? (lookUp(condition, release) as unknown[]) : isTrue(condition, release) ? [dot] : []
    const [first, middle] = block(lines, at + 1, release, dots[0])
    let end = middle
    let other = ''
    if (lines[middle] === '{{- else }}') [other, end] = block(lines, middle + 1, release, dot)
    if (lines[end] !== '{{- end }}') throw new Error(`line ${at + 1} is not closed`)
    if (dots.length === 0) text += other
    else
      text +=
        first +
        dots
          .slice(1)
          .map((each) => block(lines, at + 1, release, each)[0])
          .join('')
    at = end + 1
  }
  return [text, at]
}

function isTrue(condition: string, release: Release): boolean {
  const [, path, text] = /^eq (\S+) "(.*)"$/.exec(condition) ?? []
  if (path !== undefined) return lookUp(path, release) === text
  const [, negated] = /^not (\S+)$/.exec(condition) ?? []
  if (negated === undefined) throw new Error(`unknown condition: ${condition}`)
  const found = lookUp(negated, release)
  return Array.isArray(found) ? found.length === 0 : !found
}

function value(expression: string, release: Release, dot: unknown): string {
  const [, required, at] = /^required "(.*)" (\S+)$/.exec(expression) ?? []
  if (required !== undefined) {
    const found = lookUp(at!, release)
    if (found === '' || found === undefined) throw new Error(required)
    return found as string
  }
  const [, shown] = /^toJson (\S+)$/.exec(expression) ?? []
  if (shown !== undefined) return JSON.stringify(lookUp(shown, release))
  return String(expression === '.' ? dot : lookUp(expression, release))
}

function lookUp(path: string, { values, namespace }: Release): unknown {
  if (path === '$.Release.Namespace') return namespace
  if (path === '$.Release.Service') return 'Helm'
  const name = path.replace('$.Values.', '')
  if (!Object.hasOwn(values, name)) throw new Error(`there is no value ${path}`)
  return values[name]
}

// Answers in YAML, in time that does not hold up others: writing it in lines takes some 0.3 s per megabyte, a hundred times what
// JSON takes. JSON is YAML, if one knows what readers of YAML trip over.
import { stringify } from 'yaml'
import { withoutSurrogates } from '../core/machinery/json/surrogates.ts'
import type { Sequence } from './encode.ts'

/** Characters of JSON that are written in lines, for people: some 20 ms. */
const READABLE = 64 << 10
/** Characters of a key beyond which readers see none: YAML 1.2.2, 7.4.2, says 1,024. */
const LONG_KEY = 1_000
/** Control characters that YAML does not allow as they are, line ends of YAML 1.1 only, a byte order mark. JSON leaves them as they are. */
const ODD = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g
/** Where there is one of them, or half a surrogate pair. */
const HAS_ODD = new RegExp(`${ODD.source}|\\\\ud[89a-f]`)

// Readers of YAML 1.1, such as kubectl, take `yes`, `1:30` and `0777` for something else than texts. What is shared is written out.
const OPTIONS = { compat: 'yaml-1.1', aliasDuplicateObjects: false } as const

/** JSON of an object as a YAML document: in lines, or if that takes too long as JSON, field by field. */
export function toYaml(json: string): string {
  const object = JSON.parse(json) as object
  if (isReadable(json)) return stringify(object, OPTIONS)
  // Not as a whole: kubectl takes what begins with a brace for JSON, and stumbles over the marks of long keys.
  return Object.entries(object)
    .map(([name, value]) => `${JSON.stringify(name)}: ${flow(JSON.stringify(value))}\n`)
    .join('')
}

/** A sequence as a YAML document, text by text. Its head is the server's own: short, and plain words. */
export function* yamlSequence({ head, array, elements }: Sequence): Generator<string, undefined> {
  yield stringify(head, OPTIONS)
  let before = `${array}:\n`
  for (const json of elements) {
    yield before + (isReadable(json) ? stringify([JSON.parse(json)], OPTIONS) : `- ${flow(json)}\n`)
    before = ''
  }
  if (before) yield `${array}: []\n`
}

const isReadable = (json: string): boolean => json.length <= READABLE && !HAS_ODD.test(json)

/** JSON in the form of it that is YAML, too. */
function flow(json: string): string {
  return withMarkedKeys(HAS_ODD.test(json) ? escaped(json) : json)
}

/** With no character as it is that YAML reads in another way, or not at all. Half a surrogate pair is no character. */
function escaped(json: string): string {
  const code = (character: string): string => character.charCodeAt(0).toString(16).padStart(4, '0')
  return withoutSurrogates(json).replace(ODD, (character) => `\\u${code(character)}`)
}

/** With a mark before each key that would be too long without. */
function withMarkedKeys(json: string): string {
  let text = ''
  let done = 0
  for (let start = json.indexOf('"'); start >= 0;) {
    const end = endOf(json, start)
    if (end - start > LONG_KEY && json[end] === ':') {
      text += `${json.slice(done, start)}? ${json.slice(start, end)}: `
      done = end + 1
    }
    start = json.indexOf('"', end)
  }
  return text + json.slice(done)
}

/** The place behind the string that starts there. */
function endOf(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); ; quote = json.indexOf('"', quote + 1)) {
    let first = quote
    while (json[first - 1] === '\\') first--
    if ((quote - first) % 2 === 0) return quote + 1
  }
}

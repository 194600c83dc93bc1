// Field selectors: `metadata.name=a,spec.nodeName!=b`. Backslash escapes comma, equals sign and itself in values.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/
import type { FieldSelector } from '../resource.ts'
import { badRequest } from '../status.ts'

/** The first operator of a term; the field is what stands before. */
const TERM = /^([^!=]*(?:!(?!=)[^!=]*)*)(!=|==|=)(.*)$/s

/** A selector from its text. Which fields exist, the resource knows. Error: BadRequest with Kubernetes' words. */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = splitTerms(text).filter((term) => term !== '')
  return {
    requirements: terms.toSorted().map((term) => {
      const match = TERM.exec(term)
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
      return { field: match[1]!, equals: match[2] !== '!=', value: unescape(match[3]!) }
    }),
  }
}

/** Splits at commas that are not escaped. */
function splitTerms(text: string): string[] {
  const terms: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === ',') {
      terms.push(text.slice(start, i))
      start = i + 1
    }
  }
  return [...terms, text.slice(start)]
}

function unescape(text: string): string {
  let value = ''
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '\\') {
      const escaped = text[++i] ?? ''
      if (escaped === '' || !'\\,='.includes(escaped)) {
        throw badRequest(`invalid field selector: invalid escape sequence: \\${escaped}`)
      }
      value += escaped
    } else if (c === '=') {
      throw badRequest(`invalid field selector: unescaped character in value: ${c.charCodeAt(0)}`)
    } else value += c
  }
  return value
}

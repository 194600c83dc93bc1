// Label selectors as text: `app=web,tier in (a, b),!canary`.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
import { describe, invalid } from '../fieldError.ts'
import { qualifiedName } from '../meta/names.ts'
import { badRequest } from '../status.ts'
import { meets, problemOf, type Labels, type Operator, type Requirement } from './requirement.ts'

/** A symbol, a word, or (only at the very end) nothing. */
const TOKEN = /[ \t\r\n]*(==|!=|[=!<>(),]|[^ \t\r\n=!<>(),]+|$)/y
const WORD = /^[^=!<>(),]/

const OPERATORS = new Map<string, Operator>([
  ['in', 'in'],
  ['notin', 'notin'],
  ['=', '='],
  ['==', '=='],
  ['!=', '!='],
  ['>', 'gt'],
  ['<', 'lt'],
])

/** The condition that a selector's text means. Error: BadRequest with Kubernetes' words. */
export function parseLabelSelector(text: string): (labels: Labels) => boolean {
  const requirements = parseRequirements(text)
  return (labels) => requirements.every((requirement) => meets(requirement, labels))
}

/** The requirements of a selector, in order. Error: BadRequest. */
export function parseRequirements(text: string): Requirement[] {
  const tokens = new Tokens(text)
  const requirements: Requirement[] = []
  for (;;) {
    const first = tokens.peek()
    if (first === '') return requirements
    if (first !== '!' && !isWord(first))
      throw badRequest(`found '${first}', expected: !, identifier, or 'end of string'`)
    requirements.push(parseRequirement(tokens))
    const after = tokens.next()
    if (after === '') return requirements
    if (after !== ',') throw badRequest(`found '${after}', expected: ',' or 'end of string'`)
    const next = tokens.peek()
    if (next !== '!' && !isWord(next)) throw badRequest(`found '${next}', expected: identifier after ','`)
  }
}

const isWord = (token: string): boolean => WORD.test(token)

const unable = (why: string) => badRequest(`unable to parse requirement: ${why}`)

function parseRequirement(tokens: Tokens): Requirement {
  const absent = tokens.peek() === '!'
  if (absent) tokens.next()
  const key = tokens.next()
  if (!isWord(key)) throw unable(`found '${key}', expected: identifier`)
  const problems = qualifiedName(key)
  // "<nil>" stands where a field's path would; so does Kubernetes.
  if (problems.length > 0) throw unable(describe(invalid('<nil>', key, problems.join('; '))))
  const next = tokens.peek()
  if (next === '' || next === ',') return { key, operator: absent ? '!' : 'exists', values: [] }
  if (absent) throw badRequest(`found '${next}', expected: ',' or 'end of string'`)
  const operator = OPERATORS.get(tokens.next())
  if (!operator) throw unable(`found '${next}', expected: in, notin, =, ==, !=, gt, lt`)
  const values = operator === 'in' || operator === 'notin' ? parseSet(tokens) : [parseExact(tokens)]
  const requirement = { key, operator, values: [...new Set(values)].toSorted() }
  const problem = problemOf(requirement)
  if (problem) throw unable(problem)
  return requirement
}

/** `(a, b)`. A missing member is the empty value: `(a,)`, `()`. */
function parseSet(tokens: Tokens): string[] {
  const open = tokens.next()
  if (open !== '(') throw unable(`found '${open}' expected: '('`)
  const values: string[] = []
  for (;;) {
    const token = tokens.peek()
    if (isWord(token)) values.push(tokens.next())
    else if (token === ',' || token === ')') values.push('')
    else throw unable(`found '${token}', expected: ',', ')' or identifier`)
    const after = tokens.next()
    if (after === ')') return values
    if (after !== ',') throw unable(`found '${after}', expected: ',' or ')'`)
  }
}

function parseExact(tokens: Tokens): string {
  const token = tokens.peek()
  if (token === '' || token === ',') return ''
  if (!isWord(token)) throw unable(`found '${token}', expected: identifier`)
  return tokens.next()
}

/** The tokens of a selector, one ahead; '' is the end. */
class Tokens {
  readonly #text: string
  #at = 0
  #ahead: string | undefined
  constructor(text: string) {
    this.#text = text
  }
  peek(): string {
    this.#ahead ??= this.#read()
    return this.#ahead
  }
  next(): string {
    const token = this.peek()
    this.#ahead = undefined
    return token
  }
  #read(): string {
    TOKEN.lastIndex = this.#at
    const token = TOKEN.exec(this.#text)?.[1] ?? ''
    this.#at = token === '' ? this.#text.length : TOKEN.lastIndex
    return token
  }
}

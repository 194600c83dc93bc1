// Bodies in YAML, in time that grows with their length and is short enough not to hold up others: the parser's own checks do not
// keep to that. It needs some 2 µs for each piece of text (a word, a mark, a line end), a hundred times what JSON takes.
import { Composer, type Document, isScalar, Lexer, LineCounter, type Node, Parser, visit } from 'yaml'

/** Pieces of a text: less than half a second. A definition of 700 kB, which is large for something that is written by hand, has 150,000. */
const MAX_PIECES = 200_000
/** Aliases in a body. */
const MAX_ALIASES = 1_000
/** Uses of one alias, counting the aliases inside. */
const MAX_EXPANSION = 100
/** Characters that the text may have with its aliases written out: what a body without any may have. */
const MAX_WRITTEN_OUT = 3 * 1024 * 1024

// Only what JSON can say: no dates, sets and bytes, whatever a %YAML directive or a tag asks for. The parser would compare each key
// with all others of its map: minutes, for a map of 200,000.
const OPTIONS = { schema: 'core', resolveKnownTags: false, uniqueKeys: false, logLevel: 'error' } as const

/** What a YAML text says. Throws Error with one line that tells what is wrong, which includes keys that repeat. */
export function readYaml(text: string): unknown {
  const lines = new LineCounter()
  const document = compose(text, lines)
  const [error] = document.errors
  if (error?.code === 'RESOURCE_EXHAUSTION') throw new Error('it is nested too deeply')
  if (error) throw new Error(`${error.message.split('\n')[0]} ${place(error.pos[0], lines)}`)
  checkNodes(document, text)
  return document.toJS({ maxAliasCount: MAX_EXPANSION })
}

function compose(text: string, lines: LineCounter): Document.Parsed {
  let found: Document.Parsed | undefined
  for (const document of new Composer(OPTIONS).compose(tokens(text, lines), true, text.length)) {
    if (found) throw new Error('it holds more than one document; send one object')
    found = document
  }
  return found!
}

function* tokens(text: string, lines: LineCounter): ReturnType<Parser['parse']> {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  let pieces = 0
  for (const piece of new Lexer().lex(text)) {
    if (++pieces > MAX_PIECES) throw new TooMuchYaml()
    yield* parser.next(piece)
  }
  yield* parser.end()
}

/** A text that would take too long to read. */
export class TooMuchYaml extends Error {
  override name = 'TooMuchYaml'
  constructor() {
    super(`it has more than ${MAX_PIECES} words and marks: send it as JSON, which is read a hundred times faster`)
  }
}

function place(offset: number, lines: LineCounter): string {
  const { line, col } = lines.linePos(offset)
  return `at line ${line}, column ${col}`
}

function checkNodes(document: Document.Parsed, text: string): void {
  const anchors = new Map<string, Node>()
  // What aliases inside a node add to its length when they are written out.
  const added = new Map<unknown, number>()
  let aliases = 0
  const note = (node: Node): void => {
    if ('anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, node)
  }
  visit(document, {
    Node: (_, node) => note(node),
    Scalar(_, scalar) {
      note(scalar)
      if (typeof scalar.value === 'string') scalar.value = scalar.value.toWellFormed()
    },
    Alias(_, alias, path) {
      if (++aliases > MAX_ALIASES) throw new Error(`it has more than ${MAX_ALIASES} aliases`)
      const source = anchors.get(alias.source)
      if (!source) return
      if (path.includes(source)) throw new Error(`the alias *${alias.source} stands inside of what it means`)
      const [from = 0, to = 0] = source.range ?? []
      const length = to - from + (added.get(source) ?? 0)
      for (const around of path) added.set(around, (added.get(around) ?? 0) + length)
      if (text.length + (added.get(path[0]) ?? 0) > MAX_WRITTEN_OUT)
        throw new Error('its aliases stand for too much text')
    },
    Map(_, map) {
      note(map)
      const seen = new Set<unknown>()
      for (const { key } of map.items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) throw new Error(`Map keys must be unique, and ${JSON.stringify(key.value)} repeats`)
        seen.add(key.value)
      }
    },
  })
}

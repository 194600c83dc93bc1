// Bodies in YAML, in time that grows with their length: the parser's own checks do not keep to that.
import { type Document, isScalar, parseDocument, visit } from 'yaml'

/** Values that one alias may expand to; more is a bomb. */
const MAX_EXPANSION = 100
/** Aliases in a body: the parser looks for the anchor of each from the beginning of the text. */
const MAX_ALIASES = 1_000

/** What a YAML text says. Throws Error with one line that tells what is wrong, which includes keys that repeat. */
export function readYaml(text: string): unknown {
  // The parser compares each key with all others of its map: minutes, for a map of 200,000.
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error' })
  const [error] = document.errors
  if (error) throw new Error(error.message.split('\n')[0])
  checkNodes(document)
  return document.toJS({ maxAliasCount: MAX_EXPANSION })
}

function checkNodes(document: Document.Parsed): void {
  let aliases = 0
  visit(document, {
    Alias() {
      if (++aliases > MAX_ALIASES) throw new Error(`more than ${MAX_ALIASES} aliases`)
    },
    Map(_, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) throw new Error(`Map keys must be unique, and ${JSON.stringify(key.value)} repeats`)
        seen.add(key.value)
      }
    },
  })
}

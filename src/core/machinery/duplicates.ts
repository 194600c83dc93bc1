// Duplicate keys of JSON objects. JSON.parse silently keeps the last one; strict field validation must tell.

/** At most this many are reported: one is enough to refuse a body. */
const MAX_REPORTED = 10

interface Frame {
  /** Keys so far, for objects; undefined for lists. */
  keys: Set<string> | undefined
  /** Path of the value that comes next: `.key` or `[index]`. */
  step: string
  index: number
}

/**
 * Paths of keys that stand twice in their object, like `spec.tags[0].name`. `json` must be valid JSON (parse it first). Linear,
 * without recursion.
 */
export function findDuplicateKeys(json: string): string[] {
  const found: string[] = []
  const stack: Frame[] = []
  for (let i = 0; i < json.length && found.length < MAX_REPORTED; i++) {
    const frame = stack.at(-1)
    switch (json[i]) {
      case '{':
        stack.push({ keys: new Set(), step: '', index: 0 })
        break
      case '[':
        stack.push({ keys: undefined, step: '[0]', index: 0 })
        break
      case '}':
      case ']':
        stack.pop()
        break
      case ',':
        if (frame && !frame.keys) frame.step = `[${++frame.index}]`
        break
      case '"': {
        const end = endOfString(json, i)
        if (frame?.keys && isKey(json, end)) {
          const key = JSON.parse(json.slice(i, end)) as string
          frame.step = `.${key}`
          if (frame.keys.has(key))
            found.push(
              stack
                .map((f) => f.step)
                .join('')
                .slice(1),
            )
          frame.keys.add(key)
        }
        i = end - 1
        break
      }
    }
  }
  return found
}

/** Index behind the closing quote of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  for (let i = start + 1; i < json.length; i++) {
    if (json[i] === '\\') i++
    else if (json[i] === '"') return i + 1
  }
  return json.length
}

/** True when the string that ends here is followed by a colon. */
function isKey(json: string, end: number): boolean {
  let i = end
  while (json[i] === ' ' || json[i] === '\n' || json[i] === '\t' || json[i] === '\r') i++
  return json[i] === ':'
}

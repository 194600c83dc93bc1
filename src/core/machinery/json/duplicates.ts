// Finds keys that occur twice in one object: JSON.parse keeps the last silently, strict field validation refuses them.
import { MAX_DEPTH } from '../decode/error.ts'

/** How many are reported: Kubernetes' own bound. */
const MAX_REPORTED = 100
/** Characters of a key that a path shows: keys can be as long as the whole text, and would be repeated in each path. */
const MAX_KEY = 500

/** One container around the scanner's position. */
interface Frame {
  /** Keys seen; undefined for a list. */
  keys: Set<string> | undefined
  /** Key or index of the current member. */
  at: string | number
}

/** Paths, like `spec.tags[0].name`, of keys that repeat, each once. `text` has to be valid JSON. Linear, not recursive. */
export function findDuplicateKeys(text: string): string[] {
  const found = new Set<string>()
  const stack: Frame[] = []
  let frame: Frame | undefined
  let expectKey = false
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x7b: // {
        frame = { keys: new Set(), at: '' }
        stack.push(frame)
        expectKey = true
        break
      case 0x5b: // [
        frame = { keys: undefined, at: 0 }
        stack.push(frame)
        expectKey = false
        break
      case 0x7d: // }
      case 0x5d: // ]
        stack.pop()
        frame = stack.at(-1)
        expectKey = false
        break
      case 0x2c: // ,
        if (frame?.keys) expectKey = true
        else if (frame) frame.at = (frame.at as number) + 1
        break
      case 0x22: {
        const end = endOfString(text, i)
        if (expectKey && frame?.keys) {
          const key = keyText(text, i, end)
          frame.at = key
          if (!frame.keys.has(key)) frame.keys.add(key)
          else if (found.size < MAX_REPORTED && stack.length <= MAX_DEPTH) found.add(render(stack))
          expectKey = false
        }
        i = end
        break
      }
    }
  }
  return [...found]
}

/** Position of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++
    if (slashes % 2 === 0) return end
    end = text.indexOf('"', end + 1)
  }
  return text.length
}

function keyText(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end)
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
}

function render(stack: readonly Frame[]): string {
  let path = ''
  for (const { at } of stack) path += typeof at === 'number' ? `[${at}]` : path === '' ? shorten(at) : `.${shorten(at)}`
  return path
}

const shorten = (key: string): string => (key.length > MAX_KEY ? `${key.slice(0, MAX_KEY)}…` : key)

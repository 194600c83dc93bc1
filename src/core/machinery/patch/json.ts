// JSON patch, with the bounds and the messages of Kubernetes. https://www.rfc-editor.org/rfc/rfc6902
//
// Own code rather than a library: those that were looked at compare in quadratic time for `test`, skip keys like
// `constructor`, read members of strings, or write `__proto__`; all of it is within a client's reach.
import { clone } from '../json/clone.ts'
import { checkDepth, MAX_DEPTH, wrongType } from '../decode/error.ts'
import { deepEqual } from '../json/equal.ts'
import { isObject } from '../json/jsonObject.ts'
import { badRequest } from '../status.ts'
import { insert, locate, overwrite, parsePointer, read, take, type Root, type Slot } from './pointer.ts'
import { checkPatchDepth, tooMuch, unprocessable } from './refuse.ts'

/** Operations in one patch. */
const MAX_OPERATIONS = 10_000
/** Characters of JSON that all `copy` operations of a patch together may add: a few of them can double a document often. */
const MAX_COPIED = 3 * 1024 * 1024
/** Objects and lists that all `move` operations of a patch together may take along: each is looked at for its depth. */
const MAX_MOVED = 2_000_000
/** Items of lists that all operations of a patch together may push aside: half a second or so. */
const MAX_SHIFTED = 30_000_000

/** What the operations of a patch have cost so far. */
interface Cost {
  copied: number
  moved: number
  shifted: number
}

interface Operation {
  op: string
  path: string
  from: string
  value: unknown
}

/**
 * The object with a JSON patch applied; neither argument changes. Errors: BadRequest when it is no patch, 422 when an
 * operation does not apply, 413 when it is too large.
 */
export function applyJsonPatch(object: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    throw badRequest(`error decoding patch: ${wrongType(patch, undefined, '[]handlers.jsonPatchOp').message}`)
  }
  if (patch.length > MAX_OPERATIONS) {
    throw tooMuch(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`)
  }
  checkPatchDepth(patch)
  const root: Root = { document: clone(object) }
  const cost: Cost = { copied: 0, moved: 0, shifted: 0 }
  for (const [i, item] of patch.entries()) {
    run(root, parseOperation(item, i), cost)
    const { copied, moved, shifted } = cost
    if (copied > MAX_COPIED) throw tooMuch(`The copy operations of a JSON patch may add ${MAX_COPIED} bytes at most`)
    if (moved > MAX_MOVED) throw tooMuch(`The move operations of a JSON patch may move ${MAX_MOVED} values at most`)
    if (shifted > MAX_SHIFTED) throw tooMuch('The operations of a JSON patch insert and remove too much in long lists')
  }
  return root.document
}

const OPERATIONS = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test'])

function parseOperation(item: unknown, i: number): Operation {
  const refuse = (why: string) => badRequest(`error decoding patch: operation ${i}: ${why}`)
  if (!isObject(item)) throw refuse('must be an object')
  const { op, path, from = '', value = null } = item
  if (typeof op !== 'string' || typeof path !== 'string' || typeof from !== 'string') {
    throw refuse('op, path and from must be strings')
  }
  if (!OPERATIONS.has(op)) throw unprocessable(`unexpected kind: ${op}`)
  if ((op === 'move' || op === 'copy') && item.from === undefined) throw refuse(`${op} needs from`)
  if ((op === 'add' || op === 'replace') && !Object.hasOwn(item, 'value')) throw refuse(`${op} needs a value`)
  return { op, path, from, value }
}

function run(root: Root, operation: Operation, cost: Cost): void {
  const { op, path, value } = operation
  const slot = slotAt(root, operation, path)
  if (op !== 'test' && op !== 'replace') cost.shifted += behind(slot)
  switch (op) {
    case 'add':
      return add(operation, slot, clone(value))
    case 'remove':
      present(operation, slot)
      return take(slot)
    case 'replace':
      // A member that is not there is set, as kube-apiserver does: a false or a 0 is left out of objects, and patches do not know.
      if (Array.isArray(slot.container)) present(operation, slot)
      return overwrite(slot, clone(value))
    case 'copy':
      return add(operation, slot, clone(copied(root, operation, cost)))
    case 'move': {
      const moved = source(root, operation, cost)
      if (path.startsWith(`${operation.from}/`)) throw missing(operation, path)
      const from = slotAt(root, operation, operation.from)
      cost.shifted += behind(from)
      take(from)
      // Where it goes is looked up after it is gone: an index may have moved.
      return add(operation, slotAt(root, operation, path), moved)
    }
    default:
      // A member that is not there equals null.
      if (!deepEqual(read(slot) ?? null, value)) throw unprocessable(`testing value ${path} failed: test failed`)
  }
}

/** Items of a list that move when something is inserted before them, or removed. */
function behind({ container, key }: Slot): number {
  return Array.isArray(container) && key !== '-' ? Math.max(0, container.length - Number(key)) || 0 : 0
}

function add(operation: Operation, slot: Slot, value: unknown): void {
  if (!insert(slot, value)) throw missing(operation, operation.path)
}

function present(operation: Operation, slot: Slot): unknown {
  const value = read(slot)
  if (value === undefined) throw missing(operation, operation.path)
  return value
}

/** What `copy` takes, if it is not too large. */
function copied(root: Root, operation: Operation, cost: Cost): unknown {
  const value = source(root, operation, cost)
  cost.copied += JSON.stringify(value).length
  return cost.copied > MAX_COPIED ? null : value
}

/** What `copy` and `move` take. Its depth is checked: it may be put below itself again and again. */
function source(root: Root, operation: Operation, cost: Cost): unknown {
  const value = read(slotAt(root, operation, operation.from))
  if (value === undefined) throw missing(operation, operation.from)
  try {
    cost.moved += checkDepth(value)
  } catch {
    throw unprocessable(`${operation.op} operation does not apply: ${operation.from} is nested too deeply`)
  }
  return value
}

function slotAt(root: Root, operation: Operation, path: string): Slot {
  const pointer = parsePointer(path)
  const slot = pointer && pointer.length <= MAX_DEPTH ? locate(root, pointer) : undefined
  if (!slot) throw missing(operation, path)
  return slot
}

const missing = ({ op }: Operation, path: string) =>
  unprocessable(`${op} operation does not apply: doc is missing path: ${path}: missing value`)

// Selectors on objects that are not stored.
import type { KubeObject } from '../../core/machinery/object.ts'
import type { ListOptions } from '../../core/machinery/resource.ts'
import { badRequest } from '../../core/machinery/status.ts'

/** Whether an object matches both selectors. Error: BadRequest for a field beside name and namespace. */
export function selector(options: ListOptions): (object: KubeObject) => boolean {
  const { labels, fields } = options
  const tests = (fields?.requirements ?? []).map(({ field, equals, value }) => {
    const read = FIELDS.get(field)
    if (!read)
      throw badRequest(
        `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
      )
    return (object: KubeObject) => (read(object) === value) === equals
  })
  return (object) => (labels?.(object.metadata.labels ?? {}) ?? true) && tests.every((test) => test(object))
}

const FIELDS: ReadonlyMap<string, (object: KubeObject) => string> = new Map([
  ['metadata.name', (object: KubeObject) => object.metadata.name ?? ''],
  ['metadata.namespace', (object: KubeObject) => object.metadata.namespace ?? ''],
])

import type { KubeObject } from '../../core/machinery/object.ts'
import type { ListOptions } from '../../core/machinery/resource.ts'
import { badRequest } from '../../core/machinery/status.ts'
import type { Definition } from './definition.ts'

/** Both selectors as one test. Error: BadRequest for a field that the resource does not select by. */
export function matcher<T extends KubeObject>(d: Definition<T>, options: ListOptions): (object: T) => boolean {
  const tests: ((object: T) => boolean)[] = []
  const { labels, fields } = options
  if (labels) tests.push((object) => labels(object.metadata.labels ?? NONE))
  for (const { field, equals, value } of fields?.requirements ?? []) {
    const read = reader(d, field)
    tests.push((object) => (read(object) === value) === equals)
  }
  if (tests.length === 0) return () => true
  return (object) => tests.every((test) => test(object))
}

const NONE: Readonly<Record<string, string>> = Object.freeze({})

function reader<T extends KubeObject>(d: Definition<T>, field: string): (object: T) => string {
  if (field === 'metadata.name') return (object) => object.metadata.name ?? ''
  if (field === 'metadata.namespace' && d.namespaced) return (object) => object.metadata.namespace ?? ''
  const read = d.rules.fields && Object.hasOwn(d.rules.fields, field) ? d.rules.fields[field] : undefined
  // Kubernetes names only these two, whatever else a resource selects by.
  if (!read)
    throw badRequest(
      `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
    )
  return read
}

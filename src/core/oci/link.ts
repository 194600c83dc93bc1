// Link headers, by which tag lists are paged. https://www.rfc-editor.org/rfc/rfc8288

const LINK = /<([^<>]*)>((?:[^",<]|"(?:[^"\\]|\\.)*")*)/g
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i

/** The target of the first link whose relation is `next`, as written: relative or absolute. */
export function nextLink(header: string): string | undefined {
  for (const [, target, parameters] of header.matchAll(LINK)) {
    const rel = REL.exec(parameters ?? '')
    const relations = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/)
    if (relations.includes('next')) return target
  }
  return undefined
}

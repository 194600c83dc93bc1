// The server's Table as text.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
import { GET, tabulate } from '../print/tabulate.ts'

/** Table of meta.k8s.io/v1, as far as it is printed. */
export interface Table {
  kind: 'Table'
  metadata?: { continue?: string }
  columnDefinitions: { name: string; priority?: number }[]
  rows?: { cells: (string | number | boolean | null)[]; object?: { metadata?: { namespace?: string } } }[] | null
}

/** How a table is shown. */
export interface TableLook {
  /** All columns. */
  wide: boolean
  /** One with the namespace before them. */
  namespaces: boolean
  /** Before each name: "imagestream.image.openshift.io/" where kinds stand together. */
  prefix: string
}

/** Rows under upper-case names. */
export function formatTable(tables: readonly Table[], { wide, namespaces, prefix }: TableLook): string {
  const [first] = tables
  if (!first) return ''
  const shown = first.columnDefinitions.map(({ priority = 0 }, i) => ({ i, visible: wide || priority === 0 }))
  const pick = <T>(cells: readonly T[]): T[] => shown.filter(({ visible }) => visible).map(({ i }) => cells[i]!)
  const header = pick(first.columnDefinitions.map(({ name }) => name.toUpperCase()))
  const rows = tables
    .flatMap(({ rows }) => rows ?? [])
    .map(({ cells, object }) => {
      const texts = pick(cells).map((cell) => oneLine(String(cell ?? '')))
      texts[0] = prefix + (texts[0] ?? '')
      if (namespaces) texts.unshift(object?.metadata?.namespace ?? '')
      return texts.join('\t')
    })
  if (namespaces) header.unshift('NAMESPACE')
  return tabulate(`${[header.join('\t'), ...rows].join('\n')}\n`, GET)
}

/** What would break the table out of its line is cut, as kubectl does. */
function oneLine(cell: string): string {
  const at = cell.search(/[\n\r\f\t]/)
  return at < 0 ? cell : `${cell.slice(0, at)}...`
}

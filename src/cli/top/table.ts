import { TOP, tabulate } from '../print/tabulate.ts'

/** A table as oc prints it: every cell is padded, the last of a line too. */
export function topTable(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return tabulate([columns, ...rows].map((cells) => `${cells.map((cell) => `${cell}\t`).join('')}\n`).join(''), TOP)
}

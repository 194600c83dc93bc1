// Aligns tab-separated cells the way that Go's text/tabwriter does, which all of kubectl's and oc's output goes through.
// https://pkg.go.dev/text/tabwriter

export interface TabStyle {
  /** Least width of a column, padding included. */
  minWidth: number
  /** Columns that a tab character advances to; used with tabs as padding only. */
  tabWidth: number
  /** Added to the widest cell. */
  padding: number
  pad: ' ' | '\t'
}

/** `describe`: real tabs. */
export const DESCRIBE: TabStyle = { minWidth: 0, tabWidth: 8, padding: 1, pad: '\t' }
/** Tables of `set` commands. */
export const SET: TabStyle = { minWidth: 0, tabWidth: 2, padding: 2, pad: ' ' }
/** Tables of `adm top`. */
export const TOP: TabStyle = { minWidth: 0, tabWidth: 8, padding: 1, pad: ' ' }
/** Tables of `get`. */
export const GET: TabStyle = { minWidth: 6, tabWidth: 4, padding: 3, pad: ' ' }

/**
 * A cell is text that a tab ends; what follows the last tab of a line takes no part. A column is as wide as its widest cell
 * in the adjoining lines that have it; a line without it ends the block.
 */
export function tabulate(text: string, style: TabStyle): string {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const out: string[] = []
  formatBlock(lines, 0, lines.length, [], style, out)
  return out.join('\n')
}

function formatBlock(
  lines: readonly string[][],
  from: number,
  to: number,
  widths: readonly number[],
  style: TabStyle,
  out: string[],
): void {
  const has = (line: number): boolean => widths.length < lines[line]!.length - 1
  for (let at = from; at < to;) {
    if (!has(at)) {
      out.push(formatLine(lines[at]!, widths, style))
      at++
      continue
    }
    let end = at
    let width = style.minWidth
    for (; end < to && has(end); end++) width = Math.max(width, size(lines[end]![widths.length]!) + style.padding)
    formatBlock(lines, at, end, [...widths, width], style, out)
    at = end
  }
}

function formatLine(cells: readonly string[], widths: readonly number[], style: TabStyle): string {
  return cells.map((cell, i) => (i < widths.length ? cell + padding(size(cell), widths[i]!, style) : cell)).join('')
}

function padding(used: number, width: number, { pad, tabWidth }: TabStyle): string {
  if (pad === ' ') return ' '.repeat(width - used)
  return '\t'.repeat(Math.ceil((Math.ceil(width / tabWidth) * tabWidth - used) / tabWidth))
}

/** Width in characters: code points, as Go counts. */
function size(cell: string): number {
  let n = 0
  for (const _ of cell) n++
  return n
}

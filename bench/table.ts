// The printed result: one row a measurement, with its baseline of the same run and their ratio.

export interface Row {
  what: string
  value: string
  /** What the value is held against, measured in the same run. */
  baseline: string
  /** Not finite where there is none. */
  ratio: number
  /** What the project aims at on two cores, and whether this run reached it. */
  aim?: { text: string; met: boolean }
}

/** Lays rows out in columns, with a heading. */
export function table(rows: readonly Row[]): string {
  const cells = [
    ['MEASURED', 'VALUE', 'BASELINE', 'RATIO', 'AIM'],
    ...rows.map((r) => [
      r.what,
      r.value,
      r.baseline,
      Number.isFinite(r.ratio) ? r.ratio.toFixed(2) : '',
      r.aim ? `${r.aim.text} ${r.aim.met ? 'met' : 'MISSED'}` : '',
    ]),
  ]
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)))
  return cells
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}

/** A rate with the times that requests took. */
export function rate(r: { perSecond: number; p50: number; p99: number }): string {
  return `${Math.round(r.perSecond)}/s, p50 ${r.p50.toFixed(1)} ms, p99 ${r.p99.toFixed(1)} ms`
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'] as const

/** Bytes with a decimal unit and four significant digits: 77.45MB. */
export function humanSize(bytes: number): string {
  let size = bytes
  let unit = 0
  for (; size >= 1000 && unit < UNITS.length - 1; unit++) size /= 1000
  return `${Number(size.toPrecision(4))}${UNITS[unit]}`
}

const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'] as const
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'] as const

/** Bytes with a decimal unit and four significant digits: 77.45MB. */
export function humanSize(bytes: number): string {
  return inUnits(bytes, 1000, DECIMAL)
}

/** Bytes with a binary unit and four significant digits: 73.87MiB. */
export function binarySize(bytes: number): string {
  return inUnits(bytes, 1024, BINARY)
}

function inUnits(bytes: number, base: number, units: readonly string[]): string {
  let size = bytes
  let unit = 0
  for (; size >= base && unit < units.length - 1; unit++) size /= base
  return `${Number(size.toPrecision(4))}${units[unit]}`
}

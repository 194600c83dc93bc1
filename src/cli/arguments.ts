// Spelling differences between Go's flags and commander's, settled before parsing.

const TRUE = /^(?:1|t|T|true|TRUE|True)$/
const FALSE = /^(?:0|f|F|false|FALSE|False)$/

/**
 * Rewrites what commander would misread: "--all=true" and "--all=false", "-n=demo", and a bare "--dry-run" or "--cascade", whose value,
 * when it has one, always follows an equals sign. Everything after "--" stays. `booleans` names the flags that take no value:
 * "--flag=false" is legal for all of them.
 */
export function normalize(args: readonly string[], booleans: ReadonlySet<string>): string[] {
  const end = args.indexOf('--')
  const rest = end < 0 ? [] : args.slice(end)
  return [...(end < 0 ? args : args.slice(0, end)).map((arg) => normalizeOne(arg, booleans)), ...rest]
}

function normalizeOne(arg: string, booleans: ReadonlySet<string>): string {
  if (arg === '--dry-run') return '--dry-run=client'
  if (arg === '--cascade') return '--cascade=background'
  const short = /^(-[a-zA-Z])=([^]*)$/.exec(arg)
  if (short) return `${short[1]}${short[2]}`
  const [, name = '', value = ''] = /^--([a-z-]+)=([^]*)$/.exec(arg) ?? []
  if (!booleans.has(name)) return arg
  if (TRUE.test(value)) return `--${name}`
  return FALSE.test(value) ? `--no-${name}` : arg
}

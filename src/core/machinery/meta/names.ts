// The grammars of names in Kubernetes. Each check gives what is wrong as texts: none when the name is good.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/

/** Bytes of a DNS label, of the name part of a key, and of a label's value. */
const MAX_LABEL = 63
/** Bytes of a DNS subdomain. */
const MAX_SUBDOMAIN = 253

/** What a name must look like. `rule` says so to people, in the words of Kubernetes. */
interface Grammar {
  pattern: RegExp
  rule: string
}

function grammar(pattern: string, what: string, ...examples: string[]): Grammar {
  // "(e.g. 'a',  or 'b', regex used …)": with the doubled space of the original.
  const shown = examples.map((e) => `'${e}', `).join(' or ')
  return {
    pattern: new RegExp(`^${pattern}$`),
    rule: `${what} (e.g. ${shown}regex used for validation is '${pattern}')`,
  }
}

export const LABEL_PATTERN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const KEY_PATTERN = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const ENDS = 'must start and end with an alphanumeric character'

const LABEL = grammar(
  LABEL_PATTERN,
  `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and ${ENDS}`,
  'my-name',
  '123-abc',
)
const SUBDOMAIN = grammar(
  `${LABEL_PATTERN}(\\.${LABEL_PATTERN})*`,
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ${ENDS}`,
  'example.com',
)
/** The same for JSON Schema: what it is refused by in programs that are not ours. */
export const LABEL_SCHEMA = { type: 'string', maxLength: MAX_LABEL, pattern: LABEL.pattern.source }
export const SUBDOMAIN_SCHEMA = { type: 'string', maxLength: MAX_SUBDOMAIN, pattern: SUBDOMAIN.pattern.source }

const KEY = grammar(
  KEY_PATTERN,
  `must consist of alphanumeric characters, '-', '_' or '.', and ${ENDS}`,
  'MyName',
  'my.name',
  '123-abc',
)
const LABEL_VALUE = grammar(
  `(${KEY_PATTERN})?`,
  `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${ENDS}`,
  'MyValue',
  'my_value',
  '12345',
)
const CONFIG_KEY = grammar(
  '[-._a-zA-Z0-9]+',
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  'key.name',
  'KEY_NAME',
  'key-name',
)

/** The limits are bytes; the server's messages count "characters" in DNS rules and keys, and "bytes" in those of labels. */
function tooLong(text: string, limit: number, unit: 'characters' | 'bytes'): string[] {
  return Buffer.byteLength(text) > limit ? [`must be no more than ${limit} ${unit}`] : []
}

function mismatch(text: string, { pattern, rule }: Grammar): string[] {
  return pattern.test(text) ? [] : [rule]
}

/** A DNS-1123 label: namespaces, containers. */
export function dns1123Label(name: string): string[] {
  const hasDots = !LABEL.pattern.test(name) && SUBDOMAIN.pattern.test(name)
  return [...tooLong(name, MAX_LABEL, 'characters'), ...(hasDots ? ['must not contain dots'] : mismatch(name, LABEL))]
}

/** A DNS-1123 subdomain: the names of most objects. */
export function dns1123Subdomain(name: string, unit: 'characters' | 'bytes' = 'characters'): string[] {
  return [...tooLong(name, MAX_SUBDOMAIN, unit), ...mismatch(name, SUBDOMAIN)]
}

/** Anything that is one segment of a URL's path. `prefix`: something will be appended. */
export function pathSegment(name: string, prefix = false): string[] {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`]
  return ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`)
}

/** The key of a label or annotation, a finalizer: a name with an optional DNS subdomain and a slash before it. */
export function qualifiedName(key: string): string[] {
  const parts = key.split('/')
  if (parts.length > 2) {
    return [`a valid label key ${KEY.rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const name = parts.at(-1)!
  const prefix = parts.length === 2 ? parts[0]! : undefined
  const ofPrefix = prefix === '' ? ['must be non-empty'] : prefix ? dns1123Subdomain(prefix, 'bytes') : []
  const ofName = name === '' ? ['must be non-empty'] : tooLong(name, MAX_LABEL, 'bytes')
  return [
    ...ofPrefix.map((text) => `prefix part ${text}`),
    ...[...ofName, ...mismatch(name, KEY)].map((text) => `name part ${text}`),
  ]
}

/** The value of a label. */
export function labelValue(value: string): string[] {
  return [...tooLong(value, MAX_LABEL, 'bytes'), ...mismatch(value, LABEL_VALUE)]
}

/** A key in the data of a ConfigMap or Secret. */
export function configKey(key: string): string[] {
  const problems = [...tooLong(key, MAX_SUBDOMAIN, 'characters'), ...mismatch(key, CONFIG_KEY)]
  if (key === '.' || key === '..') problems.push(`must not be '${key}'`)
  else if (key.startsWith('..')) problems.push("must not start with '..'")
  return problems
}

/**
 * Turns a grammar into a resource's validateName: of a generateName only the part that stays is looked at, since a
 * letter will follow its last dash.
 */
export function forNames(check: (name: string) => string[]): (name: string, prefix: boolean) => string[] {
  return (name, prefix) => check(prefix && name.endsWith('-') ? `${name.slice(0, -1)}a` : name)
}

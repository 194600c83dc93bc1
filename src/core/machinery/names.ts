// The grammars of names in Kubernetes. Each check gives what is wrong as texts: none when the name is good.
// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const LABEL_VALUE = `(${KEY})?`
const CONFIG_KEY = '[-._a-zA-Z0-9]+'

const labelPattern = new RegExp(`^${LABEL}$`)
const subdomainPattern = new RegExp(`^${SUBDOMAIN}$`)
const label1035Pattern = new RegExp(`^${LABEL_1035}$`)
const keyPattern = new RegExp(`^${KEY}$`)
const labelValuePattern = new RegExp(`^${LABEL_VALUE}$`)
const configKeyPattern = new RegExp(`^${CONFIG_KEY}$`)

/** Bytes of a DNS label, of the name part of a key, and of a label's value. */
export const MAX_LABEL = 63
/** Bytes of a DNS subdomain. */
export const MAX_SUBDOMAIN = 253

const ENDS = 'must start and end with an alphanumeric character'

/** The byte count of the server's messages is one of characters in its DNS rules, and of bytes in those of labels. */
const tooLong = (limit: number, unit: 'characters' | 'bytes'): string => `must be no more than ${limit} ${unit}`

const byteLength = (text: string): number => Buffer.byteLength(text)

/** "what (e.g. 'a',  or 'b', regex used for validation is 'x')": with the doubled space of the original. */
function mismatch(what: string, pattern: string, ...examples: string[]): string {
  return `${what} (e.g. ${examples.map((e) => `'${e}', `).join(' or ')}regex used for validation is '${pattern}')`
}

/** A DNS-1123 label: namespaces, containers. */
export function dns1123Label(name: string): string[] {
  const problems: string[] = []
  if (byteLength(name) > MAX_LABEL) problems.push(tooLong(MAX_LABEL, 'characters'))
  if (!labelPattern.test(name)) {
    problems.push(
      subdomainPattern.test(name)
        ? 'must not contain dots'
        : mismatch(
            `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and ${ENDS}`,
            LABEL,
            'my-name',
            '123-abc',
          ),
    )
  }
  return problems
}

/** A DNS-1123 subdomain: the names of most objects. */
export function dns1123Subdomain(name: string, unit: 'characters' | 'bytes' = 'characters'): string[] {
  const problems: string[] = []
  if (byteLength(name) > MAX_SUBDOMAIN) problems.push(tooLong(MAX_SUBDOMAIN, unit))
  if (!subdomainPattern.test(name)) {
    problems.push(
      mismatch(
        `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and ${ENDS}`,
        SUBDOMAIN,
        'example.com',
      ),
    )
  }
  return problems
}

/** A DNS-1035 label: services. */
export function dns1035Label(name: string): string[] {
  const problems: string[] = []
  if (byteLength(name) > MAX_LABEL) problems.push(tooLong(MAX_LABEL, 'characters'))
  if (!label1035Pattern.test(name)) {
    problems.push(
      mismatch(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        LABEL_1035,
        'my-name',
        'abc-123',
      ),
    )
  }
  return problems
}

/** Anything that is one segment of a URL's path. `prefix`: something will be appended. */
export function pathSegment(name: string, prefix = false): string[] {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`]
  return ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`)
}

/** The key of a label or annotation, a finalizer: a name with an optional DNS subdomain and a slash before it. */
export function qualifiedName(key: string): string[] {
  const parts = key.split('/')
  const rule = (): string =>
    mismatch(
      `must consist of alphanumeric characters, '-', '_' or '.', and ${ENDS}`,
      KEY,
      'MyName',
      'my.name',
      '123-abc',
    )
  if (parts.length > 2) {
    return [`a valid label key ${rule()} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const problems: string[] = []
  const name = parts.at(-1)!
  if (parts.length === 2) {
    const prefix = parts[0]!
    const found = prefix === '' ? ['must be non-empty'] : dns1123Subdomain(prefix, 'bytes')
    problems.push(...found.map((text) => `prefix part ${text}`))
  }
  if (name === '') problems.push('name part must be non-empty')
  else if (byteLength(name) > MAX_LABEL) problems.push(`name part ${tooLong(MAX_LABEL, 'bytes')}`)
  if (!keyPattern.test(name)) problems.push(`name part ${rule()}`)
  return problems
}

/** The value of a label. */
export function labelValue(value: string): string[] {
  const problems: string[] = []
  if (byteLength(value) > MAX_LABEL) problems.push(tooLong(MAX_LABEL, 'bytes'))
  if (!labelValuePattern.test(value)) {
    problems.push(
      mismatch(
        `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and ${ENDS}`,
        LABEL_VALUE,
        'MyValue',
        'my_value',
        '12345',
      ),
    )
  }
  return problems
}

/** A key in the data of a ConfigMap or Secret. */
export function configKey(key: string): string[] {
  const problems: string[] = []
  if (byteLength(key) > MAX_SUBDOMAIN) problems.push(tooLong(MAX_SUBDOMAIN, 'characters'))
  if (!configKeyPattern.test(key)) {
    problems.push(
      mismatch(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        CONFIG_KEY,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    )
  }
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

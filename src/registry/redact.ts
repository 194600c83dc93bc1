// Takes credentials out of what servers send back. Some repeat what they were sent in their errors, which end in conditions that
// everybody reads who may read the stream.

/** What stands in place of a credential. */
const REDACTED = '[redacted]'

/** Characters of the shortest credential that is looked for: of a shorter one the gaps in a text would tell more than they hide. */
const SHORTEST = 4

/** The text without the credential of an Authorization header, however it is written: plain, encoded, or within JSON or a URL. */
export function redacted(text: string, authorization: string | undefined): string {
  return secretsOf(authorization).reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text)
}

/** Longer ones first: a password is a part of the pair. */
function secretsOf(authorization = ''): string[] {
  const [scheme = '', value = ''] = authorization.split(' ', 2)
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString('utf8') : ''
  const password = pair.slice(pair.indexOf(':') + 1)
  const all = [value, pair, password].flatMap((secret) => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    Buffer.from(secret).toString('base64'),
  ])
  return [...new Set(all)].filter((secret) => secret.length >= SHORTEST).toSorted((a, b) => b.length - a.length)
}

// The grammar of pull specs, composed from named parts. Every repetition starts with a character that cannot continue the
// one before it, so matching takes linear time whatever the input.
// https://github.com/distribution/reference/blob/main/regexp.go

const hostLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const host = `${hostLabel}(?:\\.${hostLabel})*(?::[0-9]+)?`
/** Letters and digits, joined by one dot, one or two underscores, or any run of dashes. */
const pathComponent = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const name = `(?:${host}/)?${pathComponent}(?:/${pathComponent})*`
const tag = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}'
const algorithm = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*'
const digest = `${algorithm}:[0-9a-fA-F]{32,}`

/** name, tag and digest are its groups. */
export const REFERENCE = new RegExp(`^(${name})(?::(${tag}))?(?:@(${digest}))?$`)

/** A whole host of a registry, with or without a port. */
export const HOST = new RegExp(`^${host}$`)

/** A whole path of a repository, without a host. */
export const PATH = new RegExp(`^${pathComponent}(?:/${pathComponent})*$`)

/** A whole tag. */
export const TAG = new RegExp(`^${tag}$`)

/** Longest `host/path` part. */
export const NAME_LIMIT = 255

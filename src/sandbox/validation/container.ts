// What users get wrong in containers, in Kubernetes' words.
import { append, duplicate, invalid, notFound, required, type FieldError } from '../../core/machinery/fieldError.ts'
import { dns1123Label } from '../../core/machinery/meta/names.ts'
import type { Container, EnvVar } from '../types/container.ts'
import type { Probe } from '../types/probe.ts'
import { nonNegative, oneOf, port } from './number.ts'
import { validateResources } from './quantity.ts'

const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const ENV_NAME = /^[\x20-\x3c\x3e-\x7e]+$/
const ENV_PROBLEM = "a valid environment variable name must consist only of printable ASCII characters other than '='"

/** A DNS label that must be there. */
export function labelName(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)]
  return dns1123Label(name).map((problem) => invalid(field, name, problem))
}

function validatePorts(container: Container, field: string): FieldError[] {
  const names = new Set<string>()
  const errors: FieldError[] = []
  for (const [i, entry] of (container.ports ?? []).entries()) {
    const at = `${field}[${i}]`
    if (entry.name) {
      if (names.has(entry.name)) errors.push(duplicate(`${at}.name`, entry.name))
      names.add(entry.name)
      append(errors, portName(entry.name, `${at}.name`))
    }
    if (entry.containerPort === 0) errors.push(required(`${at}.containerPort`))
    else append(errors, port(entry.containerPort, `${at}.containerPort`))
    if (entry.hostPort) append(errors, port(entry.hostPort, `${at}.hostPort`))
    append(errors, oneOf(entry.protocol, PROTOCOLS, `${at}.protocol`))
  }
  return errors
}

/** IANA service names: at most 15 characters, a letter among them. */
function portName(name: string, field: string): FieldError[] {
  const problems: string[] = []
  if (name.length > 15) problems.push('must be no more than 15 characters')
  if (!/^[-a-z0-9]+$/.test(name))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(name)) problems.push('must contain at least one letter (a-z)')
  if (name.includes('--')) problems.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) problems.push('must not begin or end with a hyphen')
  return problems.map((problem) => invalid(field, name, problem))
}

function validateEnv(variable: EnvVar, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (variable.name === '') errors.push(required(`${field}.name`))
  else if (!ENV_NAME.test(variable.name)) errors.push(invalid(`${field}.name`, variable.name, ENV_PROBLEM))
  const source = variable.valueFrom
  if (!source) return errors
  const at = `${field}.valueFrom`
  const count = Object.keys(source).length
  if (count === 0) {
    const fields = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`'
    errors.push(invalid(at, '', `must specify one of: ${fields}`))
  } else if (variable.value) errors.push(invalid(at, '', 'may not be specified when `value` is not empty'))
  else if (count > 1) errors.push(invalid(at, '', 'may not have more than one field specified at a time'))
  for (const key of ['configMapKeyRef', 'secretKeyRef'] as const) {
    if (!source[key]) continue
    if (!source[key].name) errors.push(required(`${at}.${key}.name`))
    if (!source[key].key) errors.push(required(`${at}.${key}.key`))
  }
  if (source.fieldRef && !source.fieldRef.fieldPath) errors.push(required(`${at}.fieldRef.fieldPath`))
  return errors
}

function validateMounts(container: Container, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const paths = new Set<string>()
  return (container.volumeMounts ?? []).flatMap(({ name, mountPath }, i) => {
    const at = `${field}[${i}]`
    const errors: FieldError[] = []
    if (name === '') errors.push(required(`${at}.name`))
    else if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name))
    if (mountPath === '') errors.push(required(`${at}.mountPath`))
    else if (paths.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'))
    paths.add(mountPath)
    return errors
  })
}

const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const

function validateProbe(probe: Probe | undefined, field: string, once: boolean): FieldError[] {
  if (!probe) return []
  const errors: FieldError[] = []
  const handlers = HANDLERS.filter((handler) => probe[handler])
  if (handlers.length === 0) errors.push(required(field, 'must specify a handler type'))
  for (const handler of handlers.slice(1)) {
    errors.push({
      type: 'FieldValueForbidden',
      field: `${field}.${handler}`,
      message: 'Forbidden: may not specify more than 1 handler type',
    })
  }
  if (probe.exec && !probe.exec.command) errors.push(required(`${field}.exec.command`))
  const numbers = [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const
  for (const name of numbers) append(errors, nonNegative(probe[name], `${field}.${name}`))
  if (once && probe.successThreshold !== 1) {
    errors.push(invalid(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'))
  }
  return errors
}

/** One container. Its name is checked by whoever knows the others. */
export function validateContainer(container: Container, volumes: ReadonlySet<string>, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (!container.image) errors.push(required(`${field}.image`))
  append(errors, oneOf(container.imagePullPolicy, PULL_POLICIES, `${field}.imagePullPolicy`))
  append(
    errors,
    oneOf(container.terminationMessagePolicy, ['FallbackToLogsOnError', 'File'], `${field}.terminationMessagePolicy`),
  )
  append(errors, validatePorts(container, `${field}.ports`))
  for (const [i, variable] of (container.env ?? []).entries())
    append(errors, validateEnv(variable, `${field}.env[${i}]`))
  for (const [i, source] of (container.envFrom ?? []).entries()) {
    const count = Number(source.configMapRef !== undefined) + Number(source.secretRef !== undefined)
    const at = `${field}.envFrom[${i}]`
    if (count === 0) errors.push(invalid(at, '', 'must specify one of: `configMapRef` or `secretRef`'))
    if (count > 1) errors.push(invalid(at, '', 'may not have more than one field specified at a time'))
  }
  append(errors, validateMounts(container, volumes, `${field}.volumeMounts`))
  append(errors, validateResources(container.resources, `${field}.resources`))
  append(errors, validateProbe(container.livenessProbe, `${field}.livenessProbe`, true))
  append(errors, validateProbe(container.readinessProbe, `${field}.readinessProbe`, false))
  append(errors, validateProbe(container.startupProbe, `${field}.startupProbe`, true))
  return errors
}

// Flags that several commands around the servers have.
import { Option } from 'commander'
import { parseWorkloadKinds, WorkloadKindError } from '../core/image/workloads/parse.ts'
import type { WorkloadKind } from '../core/image/workloads.ts'
import { parseRefresh, REFRESH_FORM } from '../core/schedule/freshness.ts'
import { type Cidr, parseCidr } from '../http/cidr.ts'
import { LOG_LEVELS, type Settings } from '../install/settings.ts'
import { CommandError } from './failure.ts'
import { collect } from './options.ts'

/** The port that a flag names. Error: CommandError. */
export function portOf(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1
  if (port < 0 || port > 65_535) throw new CommandError(`--port must be a number from 0 to 65535, not "${text}"`)
  return port
}

/** The level that a flag names. Error: CommandError. */
export function levelOf(text: string): Settings['logLevel'] {
  const found = LOG_LEVELS.find((level) => level === text)
  if (found) return found
  throw new CommandError(`--log-level must be debug, info, warn or error, not "${text}"`)
}

/** Who makes certificates, as a flag says it. Error: CommandError. */
export function certificatesOf(text: string): 'own' | 'cert-manager' {
  if (text === 'own' || text === 'cert-manager') return text
  throw new CommandError(`--certificates must be own or cert-manager, not "${text}"`)
}

/** Declares --workload-kind. */
export const workloadKindOption = (): Option =>
  new Option(
    '--workload-kind <kind>',
    'custom resource with a pod template that triggers work on: PLURAL.GROUP/VERSION[=PATH-OF-POD-SPEC]; may be repeated',
  ).argParser(collect)

/** The kinds that it names. Error: CommandError. */
export function workloadKindsOf(texts: readonly string[]): WorkloadKind[] {
  try {
    return parseWorkloadKinds(texts)
  } catch (error) {
    if (!(error instanceof WorkloadKindError)) throw error
    throw new CommandError(`--workload-kind: ${error.message}`, { cause: error })
  }
}

/** Declares --allow-registry-address. */
export const allowRegistryAddressOption = (): Option =>
  new Option(
    '--allow-registry-address <cidr>',
    'let imports go to these loopback, link-local or metadata addresses, which are refused otherwise; may be repeated',
  ).argParser(collect)

/** The ranges that it names. Error: CommandError. */
export function registryAddressesOf(texts: readonly string[]): Cidr[] {
  return texts.map((text) => {
    const cidr = parseCidr(text)
    if (cidr) return cidr
    throw new CommandError(
      `--allow-registry-address must be an address or a range of them (127.0.0.0/8, fd00:ec2::/32), not "${text}"`,
    )
  })
}

/** Declares --refresh. */
export const refreshOption = (): Option =>
  new Option(
    '--refresh <duration>',
    'freshness of scheduled tags that have none of their own, from 5s to 168h (default: 60s)',
  )

/** Milliseconds of the freshness that it names. Error: CommandError. */
export function refreshOf(text: string): number {
  const refresh = parseRefresh(text)
  if (refresh === undefined) throw new CommandError(`--refresh must be ${REFRESH_FORM}, not "${text}"`)
  return refresh
}

// registries of millrace.dev/v1alpha1: how much registries were asked, and may be, to be read. Nothing of it is stored.
import { formatTime } from '../machinery/object.ts'
import { objectMeta, typeMeta } from '../machinery/meta/objectMeta.ts'
import { field, int64, list, object, opt, str, time, type Static } from '../machinery/schema.ts'
import type { LimitReport, RegistryReport } from '../registries/report.ts'
import { refreshText } from '../schedule/freshness.ts'
import { REPORT_VERSION } from './types.ts'

const definition = (kind: string): string => `dev.millrace.${REPORT_VERSION}.${kind}`

const RegistrySpec = object(definition('RegistrySpec'), 'Which registry, asked as whom.', {
  registry: str('Host, or host:port, that is connected to.'),
  credential: str('anonymous, or what tells users of the registry apart without naming them: a hash of the name.'),
})

const RegistryLimit = object(definition('RegistryLimit'), 'How much may be asked.', {
  from: str('configuration: that of the administrator. registry: its answers tell.'),
  limit: int64('Requests in each window.'),
  remaining: int64('Of them, what is left.'),
  window: str('Length of the window, as a duration.'),
  resets: opt(time('When the window begins anew, where the registry tells.')),
})

const RegistryDelay = object(definition('RegistryDelay'), 'What waits.', {
  what: str('checks of whether tags have moved, or imports of tags that have.'),
  count: int64('References that wait.'),
  reason: str(
    'RateLimited: the registry asks to wait. QuotaLow: it tells that little is left. ConfiguredRate. RateUnknown: what is left of that is not known.',
  ),
  message: opt(str('The same for people.')),
  until: opt(time('When the next of them goes on, as far as that is known.')),
})

const RegistryStatus = object(definition('RegistryStatus'), 'Counts of the server that leads, of the last hour.', {
  requests: int64('Requests that the server that leads has sent, of all kinds.'),
  pullsAvoided: int64('Checks that found nothing new: each would have been a pull.'),
  limits: opt(list(RegistryLimit, 'What is known of how much may be asked; none: nothing slows.')),
  delayed: opt(list(RegistryDelay, 'What waits; none: nothing.')),
})

/** Requests to a registry with one credential. Its name is CREDENTIAL@REGISTRY. */
export const Registry = object(definition('Registry'), 'How much a registry is asked with one credential.', {
  ...typeMeta,
  metadata: field(objectMeta, 'Standard metadata. The name is CREDENTIAL@REGISTRY.'),
  spec: field(RegistrySpec, 'Which registry, asked as whom.'),
  status: field(RegistryStatus, 'Counts of the server that leads, of the last hour.'),
})
export type Registry = Static<typeof Registry>

/** As it is served. */
export function registryOf({
  registry,
  credential,
  requests,
  pullsAvoided,
  limits,
  delayed,
}: RegistryReport): Registry {
  return {
    metadata: { name: `${credential}@${registry}` },
    spec: { registry, credential },
    status: {
      requests,
      pullsAvoided,
      ...(limits.length > 0 && { limits: limits.map(limitOf) }),
      ...(delayed.length > 0 && { delayed: delayed.map(({ until, ...each }) => ({ ...each, until: timeOf(until) })) }),
    },
  }
}

const limitOf = ({ from, limit, remaining, window, resets }: LimitReport) => ({
  from,
  limit,
  remaining,
  window: refreshText(window),
  ...(resets !== undefined && { resets: timeOf(resets) }),
})

const timeOf = (milliseconds: number): string => formatTime(new Date(milliseconds))

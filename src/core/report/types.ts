// millrace.dev/v1alpha1: what is known of scheduled imports, to be read. Nothing of it is stored.
import { objectMeta, typeMeta } from '../machinery/meta/objectMeta.ts'
import { field, object, opt, str, time, type Static } from '../machinery/schema.ts'

export const REPORT_GROUP = 'millrace.dev'
export const REPORT_VERSION = 'v1alpha1'

const definition = (kind: string): string => `dev.millrace.${REPORT_VERSION}.${kind}`

const ImportSpec = object(definition('ImportSpec'), 'What is checked, and how often.', {
  reference: str('The image that the tag follows; where a policy has chosen none yet: the repository.'),
  policy: opt(str('The policy that chooses the image, where there is one: the annotation millrace.dev/policy.')),
  refresh: str('How old what is known of it may be, as a duration.'),
})

const ImportError = object(definition('ImportError'), 'Why a tag cannot be imported.', {
  reason: str('A stable word; docs/spec/imports.md lists all.'),
  message: opt(str('The same for people.')),
  since: opt(time('When that began.')),
})

const ImportDelay = object(definition('ImportDelay'), 'What keeps a check from being made when it would be due.', {
  reason: str(
    'RateLimited: the registry asks to wait. QuotaLow: it tells that little is left. ConfiguredRate: their share of it is used. RateUnknown: what is left of it is not known. BackOff: checks have failed. Queued: others of the host are under way. Invalid: there is nothing to check until the tag is put right.',
  ),
  message: opt(str('The same for people.')),
  until: opt(time('When it goes on at the earliest, where that is known.')),
})

const ImportStatus = object(definition('ImportStatus'), 'What has come of it so far.', {
  digest: opt(str('Digest of the image that the registry told last.')),
  lastCheck: opt(time('When the registry was asked last.')),
  nextCheck: opt(time('When it is asked next; not there while it is being asked, and where there is nothing to ask.')),
  lastChange: opt(time('When the tag began to point at its image.')),
  lastError: opt(field(ImportError, 'Why it fails; not there when it works.')),
  delay: opt(field(ImportDelay, 'What delays it; not there when nothing does.')),
})

/** A tag that is imported on a schedule. Its name is that of the tag, STREAM:TAG. */
export const Import = object(definition('Import'), 'A tag of an image stream that is imported on a schedule.', {
  ...typeMeta,
  metadata: field(objectMeta, 'Standard metadata. The name is STREAM:TAG.'),
  spec: field(ImportSpec, 'What is checked, and how often.'),
  status: field(ImportStatus, 'What has come of it so far.'),
})
export type Import = Static<typeof Import>
export type ImportError = Static<typeof ImportError>
export type ImportDelay = Static<typeof ImportDelay>

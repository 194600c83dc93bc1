// What is measured of the importer, under OpenShift's names. Imports that users post themselves are not among these: those and all
// others are counted where registries are asked.
import type { ImageStreamImport } from '../core/image/types.ts'
import { bounded, type Metrics } from '../core/machinery/metrics.ts'
import type { EmbeddedStatus } from '../core/machinery/status.ts'
import { withClientDefaults } from '../core/oci/forms.ts'
import { InvalidReference, parseReference } from '../core/oci/reference.ts'

/** Registries that are told apart; users name them, so that there may be any number. */
const REGISTRIES = 50

/** Counts what became of imports. */
export class ImportMeter {
  readonly #good
  readonly #bad
  readonly #known = bounded(REGISTRIES)

  constructor(metrics: Metrics) {
    const where = `by registry (${REGISTRIES} of them, then "other")`
    this.#good = metrics.counter({
      name: 'openshift_imagestreamcontroller_success_count',
      help: `Images and repositories that the importer has imported, ${where}.`,
      labels: ['scheduled', 'registry'],
    })
    this.#bad = metrics.counter({
      name: 'openshift_imagestreamcontroller_error_count',
      help: `Images and repositories that the importer could not import, ${where} and reason.`,
      labels: ['scheduled', 'registry', 'reason'],
    })
  }

  /** An import that was answered. `scheduled`: its tags that were asked for by the schedule. */
  answered({ spec, status }: ImageStreamImport, scheduled: { has(tag: string): boolean }): void {
    if (status.repository) this.#count(spec.repository?.from?.name, status.repository.status, false)
    for (const [i, image] of (status.images ?? []).entries()) {
      const asked = spec.images?.[i]
      this.#count(asked?.from?.name, image.status, scheduled.has(asked?.to?.name ?? ''))
    }
  }

  #count(source: string | undefined, { status, reason }: EmbeddedStatus, byScheduled: boolean): void {
    const registry = registryOf(source ?? '')
    const scheduled = String(byScheduled)
    if (registry === undefined) return this.#bad(scheduled, '', 'InvalidImageReference').inc()
    const known = this.#known(registry)
    if (status === 'Success') this.#good(scheduled, known).inc()
    else this.#bad(scheduled, known, reason || 'Unknown').inc()
  }
}

/** `docker.io` where the source names none; undefined for what is no reference. */
function registryOf(source: string): string | undefined {
  try {
    return withClientDefaults(parseReference(source)).registry
  } catch (error) {
    if (error instanceof InvalidReference) return undefined
    throw error
  }
}

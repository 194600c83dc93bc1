// Namespaces. One that is deleted stays until the simulation has emptied it and says so through `finalize`.
import { dns1123Label, forNames } from '../../core/machinery/meta/names.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import type { Resource, Rules } from '../../core/machinery/resource.ts'
import type { StoredEndpoint, StoredFactory } from '../../core/machinery/stored.ts'
import { namespaceColumns } from '../columns/data.ts'
import { Namespace } from '../types/core.ts'
import { declare, statusRules, VERBS } from './declare.ts'

const KUBERNETES = 'kubernetes'
/** Stands for spec.finalizers where the machinery of deletion looks: in the metadata. Readers do not see it. */
const CONTENTS = 'sandbox.millrace.dev/contents'
const NAME_LABEL = 'kubernetes.io/metadata.name'
/** Namespaces that Kubernetes never gives up. */
const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-public', 'kube-system'])

function mirrorFinalizers({ metadata, spec }: Namespace): void {
  const others = (metadata.finalizers ?? []).filter((finalizer) => finalizer !== CONTENTS)
  const all = spec.finalizers?.length ? [...others, CONTENTS] : others
  if (all.length > 0) metadata.finalizers = all
  else delete metadata.finalizers
}

const phaseOf = ({ metadata }: Namespace): string => (metadata.deletionTimestamp ? 'Terminating' : 'Active')

/** Every namespace says its name in a label. */
function label(object: Namespace): void {
  const { name } = object.metadata
  if (name) object.metadata.labels = { ...object.metadata.labels, [NAME_LABEL]: name }
}

const rules: Rules<Namespace> = {
  defaults: label,
  prepareForCreate(object) {
    const finalizers = object.spec.finalizers ?? []
    object.spec.finalizers = finalizers.includes(KUBERNETES) ? finalizers : [...finalizers, KUBERNETES]
    object.status = { phase: 'Active' }
    // A name that was generated was not there when the defaults were set.
    label(object)
    mirrorFinalizers(object)
  },
  prepareForUpdate(object, old) {
    object.spec.finalizers = old.spec.finalizers ?? []
    object.status = old.status
    mirrorFinalizers(object)
  },
  validateName: forNames(dns1123Label),
  undeletable: ({ metadata }) => (IMMORTAL.has(metadata.name ?? '') ? 'this namespace may not be deleted' : undefined),
  fields: { 'status.phase': phaseOf, name: ({ metadata }) => metadata.name ?? '' },
  decorate(object) {
    const shown = clone(object)
    const visible = (shown.metadata.finalizers ?? []).filter((finalizer) => finalizer !== CONTENTS)
    if (visible.length > 0) shown.metadata.finalizers = visible
    else delete shown.metadata.finalizers
    shown.status.phase = phaseOf(object)
    return shown
  },
}

const finalizeRules: Rules<Namespace> = {
  ...rules,
  prepareForUpdate(object, old) {
    object.status = old.status
    mirrorFinalizers(object)
  },
}

const statusRule: Rules<Namespace> = {
  ...statusRules(rules),
  prepareForUpdate(object, old) {
    object.spec = old.spec
    mirrorFinalizers(object)
  },
}

const finalize = (endpoint: StoredEndpoint<Namespace>) => {
  const other = endpoint.with(finalizeRules)
  return { name: 'finalize', verbs: ['update'] as const, endpoint: { update: other.update.bind(other) } }
}

/** namespaces, with status and finalize. */
export function namespaceResource(stored: StoredFactory): Resource<Namespace> {
  const namespaces = declare<Namespace>(stored, {
    group: '',
    kind: 'Namespace',
    plural: 'namespaces',
    shortNames: ['ns'],
    namespaced: false,
    schema: Namespace,
    columns: namespaceColumns,
    rules,
    status: statusRule,
    subresources: (endpoint) => [finalize(endpoint)],
  })
  // As in Kubernetes: nobody deletes all namespaces with one request.
  return { ...namespaces, verbs: VERBS.filter((verb) => verb !== 'deletecollection') }
}

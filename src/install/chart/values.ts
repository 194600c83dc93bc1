// Values of the Helm chart: the flags of `millrace install`, with the same defaults and limits.
import { WORKLOAD_KINDS_SCHEMA } from '../../core/image/workloads/parse.ts'
import { LABEL_SCHEMA, SUBDOMAIN_SCHEMA } from '../../core/machinery/meta/names.ts'
import { REFERENCE } from '../../core/oci/grammar.ts'
import { DEFAULTS, LOG_LEVELS, MOST_REPLICAS, PULL_POLICIES } from '../settings.ts'

/** The bounds of a freshness in what a schema can say: a whole number of one unit. */
const SECONDS = '[5-9]|[1-9][0-9]{1,4}|[1-5][0-9]{5}|60[0-3][0-9]{3}|604[0-7][0-9]{2}|604800'
const MINUTES = '[1-9][0-9]{0,3}|100[0-7][0-9]|10080'
const HOURS = '[1-9][0-9]?|1[0-5][0-9]|16[0-8]'

/** A value of the chart. */
export interface Value {
  name: string
  /** Flag of `install` that sets the same. */
  flag: string
  value: unknown
  about: string
  /** JSON Schema, draft 7, within what Go's regular expressions can do. */
  schema: object
}

export const VALUES: readonly Value[] = [
  {
    name: 'image',
    flag: '--image',
    value: '',
    about: 'Container image of Millrace, where your nodes can pull it. Needed.',
    // Empty is refused by the template, which can say more.
    schema: { type: 'string', pattern: `^$|${REFERENCE.source}` },
  },
  {
    name: 'imagePullPolicy',
    flag: '--image-pull-policy',
    value: DEFAULTS.imagePullPolicy,
    about: 'Always, IfNotPresent or Never.',
    schema: { enum: PULL_POLICIES },
  },
  {
    name: 'imagePullSecrets',
    flag: '--image-pull-secret',
    value: DEFAULTS.imagePullSecrets,
    about: 'Secrets with which nodes pull the image: [{name: …}].',
    schema: {
      type: 'array',
      uniqueItems: true,
      items: {
        type: 'object',
        properties: { name: SUBDOMAIN_SCHEMA },
        required: ['name'],
        additionalProperties: false,
      },
    },
  },
  {
    name: 'replicas',
    flag: '--replicas',
    value: DEFAULTS.replicas,
    about: 'How many servers run.',
    schema: { type: 'integer', minimum: 1, maximum: MOST_REPLICAS },
  },
  {
    name: 'certificates',
    flag: '--cert-manager',
    value: DEFAULTS.certificates,
    about: 'Who makes the certificates: own (Millrace itself) or cert-manager.',
    schema: { enum: ['own', 'cert-manager'] },
  },
  {
    name: 'pullSecretsFrom',
    flag: '--pull-secrets-from',
    value: [],
    about: 'Imports use pull secrets of these namespaces only; empty: of all.',
    schema: { type: 'array', uniqueItems: true, items: LABEL_SCHEMA },
  },
  {
    name: 'priorityClassName',
    flag: '--priority-class',
    value: '',
    about: 'Priority class of the pods.',
    schema: { anyOf: [{ const: '' }, SUBDOMAIN_SCHEMA] },
  },
  {
    name: 'workloadKinds',
    flag: '--workload-kind',
    value: DEFAULTS.workloadKinds,
    about:
      'Custom resources with a pod template that triggers work on: [PLURAL.GROUP/VERSION, or with =PATH-OF-POD-SPEC].',
    schema: WORKLOAD_KINDS_SCHEMA,
  },
  {
    name: 'allowRegistryAddresses',
    flag: '--allow-registry-address',
    value: DEFAULTS.allowRegistryAddresses,
    about: 'Loopback, link-local or metadata addresses that imports may go to all the same: [CIDR].',
    schema: { type: 'array', uniqueItems: true, items: { type: 'string', pattern: '^[0-9a-fA-F.:]+(/[0-9]{1,3})?$' } },
  },
  {
    name: 'registries',
    flag: '--registries',
    value: '',
    about:
      'What is said of registries, as text: --set-file registries=FILE. Empty: the ConfigMap is yours, or not there.',
    // What it may say is for the server to know; a ConfigMap holds no more.
    schema: { type: 'string', maxLength: 524_288 },
  },
  {
    name: 'refresh',
    flag: '--refresh',
    value: DEFAULTS.refresh,
    about: 'Freshness of scheduled tags that have none of their own, from 5s to 168h: a whole number of s, m or h.',
    schema: { type: 'string', pattern: `^((${SECONDS})s|(${MINUTES})m|(${HOURS})h)$` },
  },
  {
    name: 'logLevel',
    flag: '--log-level',
    value: DEFAULTS.logLevel,
    about: 'debug, info, warn or error.',
    schema: { enum: LOG_LEVELS },
  },
]

/** values.schema.json: Helm refuses values by it before it renders anything. https://helm.sh/docs/topics/charts/#schema-files */
export function valuesSchema(): object {
  const known = VALUES.map(({ name, about, schema }) => [name, { description: about, ...schema }])
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of Millrace',
    type: 'object',
    properties: {
      ...Object.fromEntries(known),
      global: { description: 'What Helm hands to each chart that another one depends on. Not used.', type: 'object' },
    },
    required: VALUES.map(({ name }) => name),
    additionalProperties: false,
  }
}

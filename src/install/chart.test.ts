import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { rendered } from '../../test/support/helmTemplate.ts'
import { chart } from './chart.ts'
import { MANAGED_BY, type Manifest } from './manifest.ts'
import { manifests } from './manifests.ts'
import { nameOf } from './resources.ts'
import { DEFAULTS, type Settings } from './settings.ts'

const VERSION = '1.2.3'
const files = chart(VERSION)
const defaults = parse(files.get('values.yaml')!) as Record<string, unknown>

/** What the chart makes of values, by name. */
function objects(values: object): Map<string, object> {
  const release = { values: { ...defaults, ...values }, namespace: 'there' }
  const templates = [...files].filter(([path]) => path.startsWith('templates/'))
  const all = templates.flatMap(([, text]) => rendered(text, release))
  return new Map(all.map((object) => [nameOf(object), object]))
}

/** What `millrace install` makes of settings, as Helm would have it. */
function expected(settings: Partial<Settings>): Map<string, object> {
  const all = manifests({ ...DEFAULTS, namespace: 'there', image: 'r/i:1', version: VERSION, ...settings })
  return new Map(all.filter(({ kind }) => kind !== 'Namespace').map((object) => [nameOf(object), underHelm(object)]))
}

function underHelm({ metadata, ...object }: Manifest): object {
  const keep = object.kind === 'CustomResourceDefinition' && { 'helm.sh/resource-policy': 'keep' }
  const annotations = { ...metadata.annotations, ...keep }
  const labels = { ...metadata.labels, [MANAGED_BY]: 'Helm' }
  const meta = { ...metadata, labels, ...(Object.keys(annotations).length > 0 && { annotations }) }
  if (object.kind !== 'Deployment') return { ...object, metadata: meta }
  const { spec } = structuredClone(object) as unknown as { spec: { template: { spec: object } } }
  // The chart says what is empty; for Kubernetes it is the same.
  spec.template.spec = { imagePullSecrets: [], priorityClassName: '', ...spec.template.spec }
  return { ...object, spec, metadata: meta }
}

const table: [string, object, Partial<Settings>][] = [
  ['nothing but an image', {}, {}],
  [
    'every value',
    {
      replicas: 5,
      imagePullPolicy: 'Always',
      imagePullSecrets: [{ name: 's' }],
      priorityClassName: 'p',
      logLevel: 'warn',
    },
    { replicas: 5, imagePullPolicy: 'Always', imagePullSecrets: ['s'], priorityClassName: 'p', logLevel: 'warn' },
  ],
  ['cert-manager', { certificates: 'cert-manager' }, { certificates: 'cert-manager' }],
  ['pull secrets of two namespaces', { pullSecretsFrom: ['a', 'b'] }, { pullSecretsFrom: ['a', 'b'] }],
]

describe('the chart is what install applies', () => {
  for (const [name, values, settings] of table)
    test(name, () => assert.deepEqual(objects({ image: 'r/i:1', ...values }), expected(settings)))

  test('and asks for an image', () => assert.throws(() => objects({}), /image is needed/))
})

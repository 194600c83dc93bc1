import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Check } from 'typebox/schema'
import { parse } from 'yaml'
import { rendered, renderedText } from '../../test/support/helmTemplate.ts'
import { chart } from './chart.ts'
import { MANAGED_BY, type Manifest } from './manifest.ts'
import { manifests } from './manifests.ts'
import { nameOf } from './resources.ts'
import { DEFAULTS, type Settings } from './settings.ts'

const VERSION = '1.2.3'
const files = chart(VERSION)
const defaults = parse(files.get('values.yaml')!) as Record<string, unknown>
const schema = JSON.parse(files.get('values.schema.json')!) as object

/** What the chart makes of values, by name. */
function objects(values: object): Map<string, object> {
  const release = { values: { ...defaults, ...values }, namespace: 'there' }
  assert.ok(Check(schema, release.values))
  const templates = [...files].filter(([path]) => /^templates\/.*\.yaml$/.test(path))
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

/** Names that YAML could take for something else, too. */
const KINDS = [
  'null.1.e.com/1=template.pod',
  'rollouts.argoproj.io/v1alpha1',
  'fleets.games.example.com/v1=spec.game.pod',
]

const table: [string, object, Partial<Settings>][] = [
  ['nothing but an image', {}, {}],
  [
    'every value',
    {
      replicas: 5,
      imagePullPolicy: 'Always',
      imagePullSecrets: [{ name: 's' }],
      priorityClassName: 'p',
      workloadKinds: ['rollouts.argoproj.io/v1alpha1'],
      allowRegistryAddresses: ['127.0.0.0/8', '::'],
      logLevel: 'warn',
    },
    {
      replicas: 5,
      imagePullPolicy: 'Always',
      imagePullSecrets: ['s'],
      priorityClassName: 'p',
      workloadKinds: ['rollouts.argoproj.io/v1alpha1'],
      allowRegistryAddresses: ['127.0.0.0/8', '::'],
      logLevel: 'warn',
    },
  ],
  [
    'what is said of registries',
    { registries: '# "quoted"\nregistries:\n- prefix: "*.example.com"\n  ca: |\n    text\n' },
    { registries: '# "quoted"\nregistries:\n- prefix: "*.example.com"\n  ca: |\n    text\n' },
  ],
  ['cert-manager', { certificates: 'cert-manager' }, { certificates: 'cert-manager' }],
  ['pull secrets of two namespaces', { pullSecretsFrom: ['a', 'b'] }, { pullSecretsFrom: ['a', 'b'] }],
  ['kinds with their pods anywhere', { workloadKinds: KINDS }, { workloadKinds: KINDS }],
  [
    'kinds and cert-manager',
    { workloadKinds: KINDS, certificates: 'cert-manager' },
    { workloadKinds: KINDS, certificates: 'cert-manager' },
  ],
]

describe('the chart is what install applies', () => {
  for (const [name, values, settings] of table)
    test(name, () => assert.deepEqual(objects({ image: 'r/i:1', ...values }), expected(settings)))

  test('kinds of one group have a rule each, and the same rights', () => {
    const workloadKinds = ['a.example.com/v1=x', 'b.example.com/v1', 'c.example.com/v2=x.y']
    const [helm, own] = [objects({ image: 'r/i:1', workloadKinds }), expected({ workloadKinds })]
    for (const name of ['clusterrole/millrace', 'mutatingwebhookconfiguration/millrace'])
      assert.deepEqual(flat(helm.get(name)), flat(own.get(name)))
  })

  test('and asks for an image', () => assert.throws(() => objects({}), /image is needed/))
})

/** What rules and conditions say, each by itself: no matter how they are put together. */
function flat(object: unknown): unknown {
  if (Array.isArray(object)) return object.flatMap((item) => flat(item))
  if (typeof object === 'string') return [...new Set(object.split(' || '))].toSorted()
  if (typeof object !== 'object' || object === null) return object
  const { rules, ...rest } = object as { rules?: { resources: string[]; apiGroups: string[] }[] }
  const single = rules?.flatMap(({ resources, ...rule }) =>
    resources.map((resource) => JSON.stringify({ resource, ...rule })),
  )
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, flat(value)])),
    ...(single && { rules: single.toSorted() }),
  }
}

test('the notes say how to label the namespace as install does', () => {
  const text = renderedText(files.get('templates/NOTES.txt')!, { values: defaults, namespace: 'there' })
  const [namespace] = manifests({ ...DEFAULTS, namespace: 'there', image: 'i', version: VERSION })
  const [, label] = /^ {2}kubectl label namespace there (\S+)$/m.exec(text)!
  const [key = '', value] = label!.split('=')
  assert.equal(namespace!.metadata.labels?.[key], value)
})

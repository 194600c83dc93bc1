// The Helm chart, from the same objects as `millrace install`: each is written once for every setting that changes more than a
// value, and Helm chooses. https://helm.sh/docs/topics/charts/
import { stringify } from 'yaml'
import { clone } from '../core/machinery/json/clone.ts'
import { locate, overwrite, parsePointer } from '../core/machinery/patch/pointer.ts'
import { notes } from './chart/notes.ts'
import { VALUES, valuesSchema } from './chart/values.ts'
import { forEachKind, kindsTemplated, PLACEHOLDER } from './chart/workloadKinds.ts'
import { MANAGED_BY, type Manifest } from './manifest.ts'
import { manifests } from './manifests.ts'
import { nameOf } from './resources.ts'
import { DEFAULTS, type Settings } from './settings.ts'

const NAMESPACE = '{{ $.Release.Namespace }}'

/** A value that is no string: Helm writes it as JSON, which is YAML. */
const json = (name: string): string => `{{ toJson $.Values.${name} }}`

/** Values of the Deployment that are no strings, or that may be missing; by JSON pointer. */
const DEPLOYMENT: Readonly<Record<string, string>> = {
  '/spec/replicas': json('replicas'),
  '/spec/template/spec/containers/0/imagePullPolicy': json('imagePullPolicy'),
  '/spec/template/spec/imagePullSecrets': json('imagePullSecrets'),
  '/spec/template/spec/priorityClassName': json('priorityClassName'),
}

/** Files of the chart by path. `version`: of Millrace, and of the chart. */
export function chart(version: string): Map<string, string> {
  const files = new Map([
    ['Chart.yaml', chartFile(version)],
    ['values.yaml', VALUES.map(({ name, value, about }) => `# ${about}\n${yaml({ [name]: value })}`).join('\n')],
    ['values.schema.json', `${JSON.stringify(valuesSchema(), undefined, 2)}\n`],
    ['templates/NOTES.txt', notes(NAMESPACE)],
  ])
  for (const [kind, text] of templates(version)) files.set(`templates/${kind}.yaml`, text)
  return files
}

function chartFile(version: string): string {
  return yaml({
    apiVersion: 'v2',
    name: 'millrace',
    description: 'Image streams for every Kubernetes',
    type: 'application',
    version,
    appVersion: version,
    kubeVersion: '>=1.30.0-0',
  })
}

/** Templates by the kind of what they hold. */
function templates(version: string): Map<string, string> {
  const settings: Settings = {
    ...DEFAULTS,
    namespace: NAMESPACE,
    image: '{{ required "image is needed: the container image of Millrace" $.Values.image }}',
    workloadKinds: [PLACEHOLDER],
    allowRegistryAddresses: ['{{ . }}'],
    registries: json('registries'),
    version,
  }
  const own = manifests(settings)
  const managed = manifests({ ...settings, certificates: 'cert-manager' })
  const secrets = manifests({ ...settings, pullSecretsFrom: ['{{ . }}'] })
  const from = (objects: readonly Manifest[]) => new Map(objects.map((object) => [nameOf(object), object]))
  const [ownByName, managedByName, secretsByName] = [from(own), from(managed), from(secrets)]
  const texts = new Map<string, string>()
  for (const name of new Set([...own, ...managed, ...secrets].map(nameOf))) {
    const object = ownByName.get(name) ?? managedByName.get(name) ?? secretsByName.get(name)!
    if (object.kind === 'Namespace') continue
    const whole = chosen(ownByName.get(name), managedByName.get(name), secretsByName.get(name))
    const text = object.kind === 'ConfigMap' ? `{{- if $.Values.registries }}\n${whole}{{- end }}\n` : whole
    const kind = object.kind.toLowerCase()
    texts.set(kind, (texts.get(kind) ?? '') + text)
  }
  return texts
}

/** An object in each of the three installations, as one template. */
function chosen(own: Manifest | undefined, managed: Manifest | undefined, narrow: Manifest | undefined): string {
  if (!own && !managed) return `{{- range $.Values.pullSecretsFrom }}\n${template(narrow!)}{{- end }}\n`
  if (own && !narrow) return `{{- if not $.Values.pullSecretsFrom }}\n${template(own)}{{- end }}\n`
  const [a, b] = [own && template(own), managed && template(managed)]
  if (a === b) return a!
  if (!b) return `{{- if eq $.Values.certificates "own" }}\n${a}{{- end }}\n`
  if (!a) return `{{- if eq $.Values.certificates "cert-manager" }}\n${b}{{- end }}\n`
  return `{{- if eq $.Values.certificates "cert-manager" }}\n${b}{{- else }}\n${a}{{- end }}\n`
}

function template(object: Manifest): string {
  const { metadata } = object
  const labels = { ...metadata.labels, [MANAGED_BY]: '{{ $.Release.Service }}' }
  // State outlives the release.
  const keep = object.kind === 'CustomResourceDefinition' && { 'helm.sh/resource-policy': 'keep' }
  const annotations = { ...metadata.annotations, ...keep }
  const marked = {
    ...clone(object),
    metadata: { ...metadata, labels, ...(Object.keys(annotations).length > 0 && { annotations }) },
  }
  if (object.kind === 'Deployment')
    for (const [pointer, value] of Object.entries(DEPLOYMENT))
      overwrite(locate({ document: marked }, parsePointer(pointer)!)!, value)
  return `---\n${kindsTemplated(unquoted(yaml(forEachKind(marked))))}`
}

/** What Helm writes as JSON must not stand in quotes, nor may it have quotes in double ones. */
function unquoted(text: string): string {
  return text
    .replaceAll(/"(\{\{ toJson [^"]*? \}\})"/g, '$1')
    .replaceAll(
      /"(\{\{ required \\".*?\\" \S+ \}\})"/g,
      (_, expression: string) => `'${expression.replaceAll('\\"', '"')}'`,
    )
    .replaceAll(/--certificates=\S+/g, '--certificates={{ $.Values.certificates }}')
    .replaceAll(
      /^ *- (--allow-registry-address=.*)$/gm,
      // In quotes: an address may end with a colon.
      (line, argument: string) =>
        `{{- range $.Values.allowRegistryAddresses }}\n${line.replace(argument, `"${argument}"`)}\n{{- end }}`,
    )
    .replaceAll(/--refresh=\S+/g, '--refresh={{ $.Values.refresh }}')
    .replaceAll(/--log-level=\S+/g, '--log-level={{ $.Values.logLevel }}')
}

const yaml = (value: unknown): string => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })

// What users get wrong in pods and their templates, in Kubernetes' words.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { append, duplicate, forbidden, invalid, required, type FieldError } from '../../core/machinery/fieldError.ts'
import { validateAnnotations, validateLabels } from '../../core/machinery/meta/metadata.ts'
import type { Container } from '../types/container.ts'
import type { Pod, PodSpec, PodTemplateSpec } from '../types/pod.ts'
import type { Volume } from '../types/volume.ts'
import { labelName, validateContainer } from './container.ts'
import { nonNegative, oneOf } from './number.ts'

const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']
const RESTART_POLICIES = ['Always', 'Never', 'OnFailure']
const OPERATORS = ['Equal', 'Exists']

function validateVolumes(volumes: readonly Volume[], field: string): FieldError[] {
  const names = new Set<string>()
  return volumes.flatMap((volume, i) => {
    const at = `${field}[${i}]`
    const errors = labelName(volume.name, `${at}.name`)
    if (names.has(volume.name)) errors.push(duplicate(`${at}.name`, volume.name))
    names.add(volume.name)
    const [, ...surplus] = Object.keys(volume).filter((key) => key !== 'name')
    for (const source of surplus) errors.push(forbidden(`${at}.${source}`, 'may not specify more than 1 volume type'))
    if (volume.secret && !volume.secret.secretName) errors.push(required(`${at}.secret.secretName`))
    if (volume.configMap && !volume.configMap.name) errors.push(required(`${at}.configMap.name`))
    if (volume.hostPath && !volume.hostPath.path) errors.push(required(`${at}.hostPath.path`))
    const claim = volume.persistentVolumeClaim
    if (claim && !claim.claimName) errors.push(required(`${at}.persistentVolumeClaim.claimName`))
    return errors
  })
}

/** A pod's spec. `claims`: names of volumes that come from elsewhere (templates of StatefulSets). */
function validatePodSpec(spec: PodSpec, field: string, claims: readonly string[] = []): FieldError[] {
  const errors = validateVolumes(spec.volumes ?? [], `${field}.volumes`)
  const volumes = new Set([...(spec.volumes ?? []).map(({ name }) => name), ...claims])
  const names = new Set<string>()
  const each = (containers: readonly Container[], at: string): void => {
    for (const [i, container] of containers.entries()) {
      append(errors, labelName(container.name, `${at}[${i}].name`))
      if (names.has(container.name)) errors.push(duplicate(`${at}[${i}].name`, container.name))
      if (container.name) names.add(container.name)
      append(errors, validateContainer(container, volumes, `${at}[${i}]`))
    }
  }
  if (spec.containers.length === 0) errors.push(required(`${field}.containers`))
  each(spec.containers, `${field}.containers`)
  each(spec.initContainers ?? [], `${field}.initContainers`)
  append(errors, oneOf(spec.restartPolicy, RESTART_POLICIES, `${field}.restartPolicy`))
  append(errors, oneOf(spec.dnsPolicy, DNS_POLICIES, `${field}.dnsPolicy`))
  append(errors, validateLabels(spec.nodeSelector, `${field}.nodeSelector`))
  append(errors, nonNegative(spec.terminationGracePeriodSeconds, `${field}.terminationGracePeriodSeconds`))
  for (const [i, toleration] of (spec.tolerations ?? []).entries()) {
    append(errors, oneOf(toleration.operator, OPERATORS, `${field}.tolerations[${i}].operator`))
  }
  return errors
}

/** A template of pods at `field` (spec.template). */
export function validateTemplate(
  template: PodTemplateSpec,
  field: string,
  claims: readonly string[] = [],
): FieldError[] {
  return [
    ...validateLabels(template.metadata.labels, `${field}.metadata.labels`),
    ...validateAnnotations(template.metadata.annotations, `${field}.metadata.annotations`),
    ...validatePodSpec(template.spec, `${field}.spec`, claims),
  ]
}

const FIELDS =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** A spec without what may change in a running pod. */
function fixed(spec: PodSpec): object {
  const { activeDeadlineSeconds: _1, tolerations: _2, terminationGracePeriodSeconds: _3, ...rest } = spec
  const bare = ({ image: _4, ...container }: Container): object => container
  return { ...rest, containers: spec.containers.map(bare), initContainers: (spec.initContainers ?? []).map(bare) }
}

/** A pod, new or changed. */
export function validatePod({ spec }: Pod, old: Pod | undefined): FieldError[] {
  const errors = validatePodSpec(spec, 'spec')
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [i, { image = '' }] of (spec[list] ?? []).entries()) {
      if (image === image.trim()) continue
      errors.push(invalid(`spec.${list}[${i}].image`, image, 'must not have leading or trailing whitespace'))
    }
  }
  if (old && !deepEqual(fixed(spec), fixed(old.spec))) errors.push(forbidden('spec', FIELDS))
  return errors
}

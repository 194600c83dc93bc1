// Compares our schemas with the models that the Kubernetes project generates from its own OpenAPI: an unknown field would
// be taken away from users.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as models from '@kubernetes/client-node'
import type { TSchema } from '../../core/machinery/schema.ts'
import * as access from './access.ts'
import * as core from './core.ts'
import * as deployment from './deployment.ts'
import * as event from './event.ts'
import * as identity from './identity.ts'
import * as job from './job.ts'
import { Pod } from './pod.ts'
import { ReplicationController } from './replicationController.ts'
import { Scale } from './scale.ts'
import { LimitRange } from './limitRange.ts'
import { ResourceQuota } from './resourceQuota.ts'
import * as statefulset from './statefulSet.ts'

interface Attribute {
  baseName: string
  type: string
  format: string
}
interface Node {
  type?: string
  format?: string
  properties?: Record<string, Node>
  items?: Node
  additionalProperties?: Node
  'x-definition'?: string
  'x-go'?: string
}

/** Fields that came after Kubernetes 1.32, or that are alpha there. */
const NEWER = new Set([
  'V1PodSpec.hostnameOverride',
  'V1PodSpec.workloadRef',
  'V1PodSpec.schedulingGroup',
  'V1PodSpec.evictionInterceptors',
  'V1Container.restartPolicyRules',
  'V1EphemeralContainer.restartPolicyRules',
  'V1ContainerStatus.stopSignal',
  'V1Lifecycle.stopSignal',
  'V1EnvVarSource.fileKeyRef',
  'V1VolumeProjection.podCertificate',
  'V1PodStatus.observedGeneration',
  'V1PodCondition.observedGeneration',
  'V1PodStatus.allocatedResources',
  'V1PodStatus.resources',
  'V1PodStatus.extendedResourceClaimStatus',
  'V1PodStatus.nodeAllocatableResourceClaimStatuses',
  'V1DeploymentStatus.terminatingReplicas',
  'V1ReplicaSetStatus.terminatingReplicas',
  'V1ResourceHealth.message',
  'V1VolumeMountStatus.volumeStatus',
])

const attributes = (name: string): Attribute[] | undefined =>
  (models as unknown as Record<string, { getAttributeTypeMap?(): Attribute[] }>)[name]?.getAttributeTypeMap?.()

const missing = (schema: Node, model: string, seen: Set<string>): string[] => {
  if (seen.has(model) || NEWER.has(model)) return []
  seen.add(model)
  return (attributes(model) ?? []).flatMap(({ baseName, type, format }) => {
    const path = `${model}.${baseName}`
    if (NEWER.has(path)) return []
    const property = schema.properties?.[baseName]
    if (!property) return [`${path} is missing`]
    const array = /^(?:Array|Set)<(.*)>$/.exec(type)?.[1]
    const values = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1]
    const inner = array ? property.items : values ? property.additionalProperties : property
    if (!inner) return [`${path} should be ${type}`]
    const leaf = array ?? values ?? type
    if (attributes(leaf))
      return inner.properties || leaf === 'V1MicroTime' ? missing(inner, leaf, seen) : [`${path} should be ${leaf}`]
    if (inner.properties) return [`${path} should be ${leaf}`]
    if (leaf === 'number' && !array && inner.format !== format) return [`${path} should be ${format}`]
    if ((leaf === 'string' || leaf === 'boolean') && inner.type !== leaf) return [`${path} should be ${leaf}`]
    if (leaf === 'Date' && inner['x-go'] !== 'time') return [`${path} should be a time`]
    return []
  })
}

const extra = (schema: Node, model: string, seen: Set<string>): string[] => {
  if (seen.has(model)) return []
  seen.add(model)
  const known = attributes(model)
  if (!known) return []
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const attribute = known.find((a) => a.baseName === name)
    if (!attribute) return [`${model}.${name}`]
    const leaf = /V1\w+/.exec(attribute.type)?.[0]
    return leaf ? extra(property.items ?? property.additionalProperties ?? property, leaf, seen) : []
  })
}

const KINDS: Readonly<Record<string, TSchema>> = {
  V1Pod: Pod,
  V1Deployment: deployment.Deployment,
  V1ReplicaSet: deployment.ReplicaSet,
  V1ReplicationController: ReplicationController,
  V1StatefulSet: statefulset.StatefulSet,
  V1DaemonSet: statefulset.DaemonSet,
  V1ControllerRevision: statefulset.ControllerRevision,
  V1Job: job.Job,
  V1CronJob: job.CronJob,
  V1Namespace: core.Namespace,
  V1ConfigMap: core.ConfigMap,
  V1Secret: core.Secret,
  V1ServiceAccount: core.ServiceAccount,
  V1LimitRange: LimitRange,
  V1ResourceQuota: ResourceQuota,
  CoreV1Event: event.Event,
  EventsV1Event: event.NewEvent,
  V1Lease: event.Lease,
  V1Scale: Scale,
  V1Role: access.Role,
  V1ClusterRole: access.ClusterRole,
  V1RoleBinding: access.RoleBinding,
  V1ClusterRoleBinding: access.ClusterRoleBinding,
  V1SelfSubjectAccessReview: access.SelfSubjectAccessReview,
  V1SelfSubjectRulesReview: access.SelfSubjectRulesReview,
  V1SubjectAccessReview: access.SubjectAccessReview,
  V1SelfSubjectReview: identity.SelfSubjectReview,
}

describe('the schema of', () => {
  for (const [model, schema] of Object.entries(KINDS)) {
    test(`${model} has every field of Kubernetes 1.32, with its type`, () => {
      assert.ok(attributes(model), 'Kubernetes has such a model')
      assert.deepEqual(missing(schema as Node, model, new Set()), [])
    })
    test(`${model} has no field that Kubernetes does not know`, () => {
      const ours = extra(schema, model, new Set())
      assert.deepEqual(ours, [])
    })
  }

  test('every object type names its definition', () => {
    const nameless: string[] = []
    const walk = (node: Node, path: string): void => {
      if (node.properties && !node['x-definition']) nameless.push(path)
      for (const [name, property] of Object.entries(node.properties ?? {})) walk(property, `${path}.${name}`)
      if (node.items) walk(node.items, `${path}[]`)
      if (node.additionalProperties) walk(node.additionalProperties, `${path}{}`)
    }
    for (const [model, schema] of Object.entries(KINDS)) walk(schema, model)
    assert.deepEqual(nameless, [])
  })
})

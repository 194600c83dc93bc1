import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TRIGGERS_ANNOTATION } from '../../core/image/triggers.ts'
import { knownKind } from '../resource/kinds.ts'
import { triggerTable } from './table.ts'

const deployment = (name: string, annotation: string) => ({
  kind: knownKind('deployments')!,
  object: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'demo', annotations: { [TRIGGERS_ANNOTATION]: annotation } },
    spec: { template: { spec: { containers: [{ name: 'tools' }] } } },
  },
})
const entry = (name: string, namespace?: string) =>
  JSON.stringify([
    {
      from: { kind: 'ImageStreamTag', name, ...(namespace && { namespace }) },
      fieldPath: 'spec.template.spec.containers[0].image',
    },
  ])

test('triggers are listed as oc lists them', () => {
  assert.equal(
    triggerTable([
      deployment('test', entry('ruby-hello-world:latest')),
      deployment('x', entry('ubi:8', 'base')),
      deployment('bad', '{'),
    ]),
    [
      'NAME              TYPE     VALUE                            AUTO',
      'deployments/test  config                                    true',
      'deployments/test  image    ruby-hello-world:latest (tools)  true',
      'deployments/x     config                                    true',
      'deployments/x     image    base/ubi:8 (tools)               true',
      'deployments/bad   <error>                                   false',
      '',
    ].join('\n'),
  )
})

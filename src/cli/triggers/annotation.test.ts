import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kindNamed } from '../../../test/support/triggers.ts'
import { TRIGGERS_ANNOTATION } from '../../core/image/triggers.ts'
import { readTriggers, writeTriggers } from './annotation.ts'
import type { TriggerDefinition } from './definition.ts'
import type { Workload } from './workload.ts'

const read = (object: Workload) => readTriggers(kindNamed(object.kind!), object)
const write = (object: Workload, definition: TriggerDefinition) =>
  writeTriggers(kindNamed(object.kind!), object, definition)
const workload = (annotation?: string, more: Partial<Workload> = {}): Workload => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'myapp',
    namespace: 'demo',
    ...(annotation !== undefined && { annotations: { [TRIGGERS_ANNOTATION]: annotation } }),
  },
  spec: {
    template: { spec: { containers: [{ name: 'main' }, { name: 'side' }], initContainers: [{ name: 'prepare' }] } },
  },
  ...more,
})
const entry = (fieldPath: string, from: object = { kind: 'ImageStreamTag', name: 'ubi:8' }, more = {}) =>
  JSON.stringify([{ from, fieldPath, ...more }])
const path = (container: string) => `spec.template.spec.containers[?(@.name=="${container}")].image`

test('the annotation is written as oc writes it', () => {
  const images = [
    { auto: true, from: 'ubi:8', namespace: '', containers: ['main'] },
    { auto: false, from: 'ruby:1', namespace: 'other', containers: ['side', 'prepare'] },
  ]
  assert.equal(
    write(workload(), { config: true, images }),
    String.raw`[{"from":{"kind":"ImageStreamTag","name":"ubi:8"},"fieldPath":"spec.template.spec.containers[?(@.name==\"main\")].image"},` +
      String.raw`{"from":{"kind":"ImageStreamTag","name":"ruby:1","namespace":"other"},"fieldPath":"spec.template.spec.containers[?(@.name==\"side\")].image","paused":true},` +
      String.raw`{"from":{"kind":"ImageStreamTag","name":"ruby:1","namespace":"other"},"fieldPath":"spec.template.spec.containers[?(@.name==\"prepare\")].image","paused":true}]`,
  )
  assert.equal(write(workload(), { config: true, images: [] }), 'null')
})

test('a CronJob has its containers elsewhere', () => {
  const cron: Workload = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'c', namespace: 'demo' },
    spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'main' }] } } } } },
  }
  const text = write(cron, {
    config: true,
    images: [{ auto: true, from: 'ubi:8', namespace: '', containers: ['main'] }],
  })
  assert.match(text, /"fieldPath":"spec\.jobTemplate\.spec\.template\.spec\.containers\[/)
  assert.deepEqual(
    read({ ...cron, metadata: { ...cron.metadata, annotations: { [TRIGGERS_ANNOTATION]: text } } }).images.length,
    1,
  )
})

test('what is written can be read again', () => {
  const definition = {
    config: true,
    images: [
      { auto: true, from: 'ubi:8', namespace: '', containers: ['main'] },
      { auto: false, from: 'ruby:1', namespace: 'other', containers: ['prepare'] },
    ],
  }
  assert.deepEqual(read(workload(write(workload(), definition))), definition)
})

test('every spelling of a path that the controller takes is read', () => {
  const cases: [string, string | undefined][] = [
    [path('main'), 'main'],
    [path('prepare'), 'prepare'],
    ['spec.template.spec.containers[1].image', 'side'],
    ['spec.template.spec.initContainers[0].image', 'prepare'],
    ['spec.template.spec.containers[?(@.name=="main")]image', 'main'],
    ['spec.template.spec.containers[main")].image', 'main'],
    ['spec.template.spec.containers[?(@.name=="main].image', 'main'],
    ['spec.template.spec.containers[main].image', undefined],
    ['spec.template.spec.containers[7].image', undefined],
    ['spec.template.spec.containers[?(@.name=="gone")].image', undefined],
    ['spec.template.spec.containers[0].name', undefined],
    ['spec.template.spec.containers[0].image.x', undefined],
    ['spec.jobTemplate.spec.template.spec.containers[0].image', undefined],
    ['', undefined],
  ]
  for (const [fieldPath, container] of cases) {
    const names = read(workload(entry(fieldPath))).images.flatMap((t) => t.containers)
    assert.deepEqual(names, container === undefined ? [] : [container], fieldPath)
  }
})

test("the object's own namespace is left out, paused and config are read", () => {
  const from = { kind: 'ImageStreamTag', name: 'ubi:8', namespace: 'demo' }
  const { images, config } = read(workload(entry(path('main'), from, { paused: true })))
  assert.deepEqual(images, [{ auto: false, from: 'ubi:8', namespace: '', containers: ['main'] }])
  assert.equal(config, true)
  assert.equal(read(workload('null', { spec: { paused: true } })).config, false)
  assert.equal(read(workload('null', { kind: 'StatefulSet', spec: { paused: true } })).config, true)
})

test('two entries for one container are both read, and refused only when they are written again', () => {
  const [twice] = JSON.parse(entry(path('main'))) as object[]
  const found = read(workload(JSON.stringify([twice, twice])))
  assert.deepEqual(
    found.images.map((t) => t.containers),
    [['main'], ['main']],
  )
  assert.throws(() => write(workload(), found), /only one trigger may reference each container: main/)
})

test('a broken annotation is an error, not an empty list', () => {
  for (const text of ['', '{', '{}', '[1]', entry(path('main'), {}, { paused: 'true' })]) {
    assert.throws(() => read(workload(text)), /the annotation image\.openshift\.io\/triggers is not used: /, text)
  }
})

test('containers that do not fit are refused in the words of oc', () => {
  const image = (...containers: string[]) => ({ auto: true, from: 'ubi:8', namespace: '', containers })
  const cases: [ReturnType<typeof image>[], string][] = [
    [[image()], 'you must specify --containers when setting --from-image'],
    [[image('x', 'main', 'a')], 'not all container names exist: a, x (accepts: main, prepare, side)'],
    [[image('main'), image('side', 'main')], 'only one trigger may reference each container: main'],
  ]
  for (const [images, message] of cases) {
    assert.throws(() => write(workload(), { config: true, images }), { message })
  }
})

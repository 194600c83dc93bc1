import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kindNamed } from '../../../test/support/triggers.ts'
import { TRIGGERS_ANNOTATION } from '../../core/image/triggers.ts'
import { parseFlags, type RawTriggerFlags, type TriggerAction } from './flags.ts'
import { changeTriggers } from './patch.ts'
import type { Workload } from './workload.ts'

const change = (object: Workload, action: TriggerAction) => changeTriggers(kindNamed(object.kind!), object, action)
const none: RawTriggerFlags = {
  fromImage: '',
  containers: '',
  fromConfig: false,
  webhooks: [],
  auto: false,
  manual: false,
  remove: false,
  removeAll: false,
}
const flags = (more: Partial<RawTriggerFlags>) => parseFlags({ ...none, ...more }, 'demo')

const value = (container: string, more = {}, from = 'ubi:8') => ({
  from: { kind: 'ImageStreamTag', name: from },
  fieldPath: `spec.template.spec.containers[?(@.name=="${container}")].image`,
  ...more,
})
const workload = (entries?: object[], paused = false, kind = 'Deployment'): Workload => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: {
    name: 'myapp',
    namespace: 'demo',
    ...(entries && { annotations: { other: 'x', [TRIGGERS_ANNOTATION]: JSON.stringify(entries) } }),
  },
  spec: { ...(paused && { paused }), template: { spec: { containers: [{ name: 'main' }, { name: 'side' }] } } },
})
const annotation = (...entries: object[]) => ({
  metadata: { annotations: { [TRIGGERS_ANNOTATION]: JSON.stringify(entries) } },
})
const nothing = { metadata: { annotations: { [TRIGGERS_ANNOTATION]: 'null' } } }

test('each action is one small patch', () => {
  const main = value('main')
  const cases: [string, Workload, Partial<RawTriggerFlags>, object][] = [
    ['first trigger', workload(), { fromImage: 'ubi:8', containers: 'main' }, annotation(main)],
    ['own namespace', workload(), { fromImage: 'demo/ubi:8', containers: 'main' }, annotation(main)],
    ['two containers', workload(), { fromImage: 'ubi:8', containers: 'main,side' }, annotation(main, value('side'))],
    [
      'manual',
      workload(),
      { fromImage: 'ubi:8', containers: 'main', manual: true },
      annotation(value('main', { paused: true })),
    ],
    ['same again', workload([main]), { fromImage: 'ubi:8', containers: 'main' }, {}],
    [
      'other tag',
      workload([main]),
      { fromImage: 'ruby:1', containers: 'side' },
      annotation(main, value('side', {}, 'ruby:1')),
    ],
    ['other container', workload([main]), { fromImage: 'ubi:8', containers: 'side' }, annotation(value('side'))],
    ['remove', workload([main]), { fromImage: 'ubi:8', remove: true }, nothing],
    ['remove ignores the namespace', workload([main]), { fromImage: 'elsewhere/ubi:8', remove: true }, nothing],
    ['remove all pauses', workload([main]), { removeAll: true }, { ...nothing, spec: { paused: true } }],
    [
      'all manual pauses',
      workload([main, value('side', {}, 'ruby:1')]),
      { manual: true },
      {
        ...annotation(value('main', { paused: true }), value('side', { paused: true }, 'ruby:1')),
        spec: { paused: true },
      },
    ],
    [
      'all auto',
      workload([value('main', { paused: true }), value('side', { paused: true }, 'ruby:1')], true),
      { auto: true },
      { ...annotation(main, value('side', {}, 'ruby:1')), spec: { paused: null } },
    ],
    ['config off', workload([main]), { fromConfig: true, remove: true }, { spec: { paused: true } }],
    [
      'config on, even manually',
      workload([main], true),
      { fromConfig: true, manual: true },
      { spec: { paused: null } },
    ],
    ['others cannot be paused', workload([main], false, 'DaemonSet'), { fromConfig: true, remove: true }, {}],
    [
      'unknown keys are dropped',
      workload([{ ...main, pause: 'false' }]),
      { fromImage: 'ubi:8', containers: 'main' },
      annotation(main),
    ],
  ]
  for (const [what, object, given, patch] of cases) assert.deepEqual(change(object, flags(given)).patch, patch, what)
})

test('the changed object is what a dry run shows', () => {
  const { changed } = change(workload([value('main')]), flags({ removeAll: true }))
  assert.deepEqual(changed.metadata.annotations, { other: 'x', [TRIGGERS_ANNOTATION]: 'null' })
  assert.equal(changed.spec?.paused, true)
})

test('web hooks do not fit workloads', () => {
  assert.throws(() => change(workload(), flags({ webhooks: ['GitHub'] })), {
    message: 'does not support GitHub web hooks',
  })
  assert.throws(() => change(workload(), flags({ webhooks: ['generic'] })), {
    message: 'does not support web hooks',
  })
})

test('flags that contradict each other are refused in the words of oc', () => {
  const digest = `ubi@sha256:${'a'.repeat(64)}`
  const cases: [Partial<RawTriggerFlags>, string][] = [
    [{ auto: true, manual: true }, 'you must specify at most one of --auto or --manual'],
    [{ remove: true, removeAll: true }, 'you must specify either --remove or --remove-all'],
    [{ removeAll: true, auto: true }, '--remove-all may not be used with any other flag'],
    [{ removeAll: true, fromConfig: true }, '--remove-all may not be used with any other flag'],
    [{ remove: true }, '--remove requires a flag defining a trigger type to be specified'],
    [{ fromConfig: true, fromImage: 'ubi:8' }, 'you may only set one trigger type at a time'],
    [{ fromImage: 'r.io/ubi:8' }, 'the value of --from-image must point to an image stream tag on this server'],
    [{ fromImage: digest }, 'the value of --from-image must point to an image stream tag on this server'],
    [{ fromImage: 'ubi' }, 'the value of --from-image must include the tag you wish to pull from'],
    [
      { fromImage: 'UBI:8' },
      'the value of --from-image does not appear to be a valid reference to an image: repository name must be lowercase',
    ],
  ]
  for (const [given, message] of cases) assert.throws(() => flags(given), { message })
  assert.deepEqual(flags({}), { kind: 'print' })
})

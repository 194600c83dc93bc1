import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CRON_JOB, DEPLOYMENT, ROLLOUT } from '../../../../test/support/triggers.ts'
import type { WorkloadKind } from '../workloads.ts'
import { misplacedTriggers } from './misplaced.ts'

const annotations = (value: unknown) => ({ annotations: { 'image.openshift.io/triggers': value } })
const template = (value: unknown) => ({ template: { metadata: annotations(value) } })
const said = (kind: string, path: string) =>
  `the annotation image.openshift.io/triggers is on the pod template (${path}): triggers are read from the metadata of the ${kind} itself`
const controlled = (controller: boolean) => ({
  ownerReferences: [{ apiVersion: 'v1', kind: 'K', name: 'o', uid: 'u', controller }],
})

const SAID = said('Deployment', 'spec.template.metadata')
const table: [string, WorkloadKind, object, string | undefined][] = [
  ['on the template', DEPLOYMENT, { spec: template('[]') }, SAID],
  [
    'on the template of a CronJob’s pods',
    CRON_JOB,
    { spec: { jobTemplate: { spec: template('[]') } } },
    said('CronJob', 'spec.jobTemplate.spec.template.metadata'),
  ],
  [
    'on the template of its Jobs: they have triggers',
    CRON_JOB,
    { spec: { jobTemplate: { metadata: annotations('[]') } } },
    undefined,
  ],
  ['of a custom kind', ROLLOUT, { kind: 'Rollout', spec: template('[]') }, said('Rollout', 'spec.template.metadata')],
  ['where the object is the template', { ...ROLLOUT, podSpec: 'spec' }, { metadata: annotations('[]') }, undefined],
  ['on the object', DEPLOYMENT, { metadata: annotations('[]') }, undefined],
  ['the same on both', DEPLOYMENT, { metadata: annotations('[]'), spec: template('[]') }, undefined],
  ['another on each', DEPLOYMENT, { metadata: annotations('[]'), spec: template('[{}]') }, SAID],
  ['of an object that a controller made', DEPLOYMENT, { metadata: controlled(true), spec: template('[]') }, undefined],
  ['of an object that something else owns', DEPLOYMENT, { metadata: controlled(false), spec: template('[]') }, SAID],
  ['no template', DEPLOYMENT, { spec: null }, undefined],
  ['annotations that are none', DEPLOYMENT, { spec: { template: { metadata: { annotations: 'x' } } } }, undefined],
]
for (const [what, kind, object, expected] of table)
  test(`the annotation ${what}: ${expected === undefined ? 'not a word' : 'told'}`, () =>
    assert.equal(misplacedTriggers(kind, { metadata: {}, ...object }), expected))

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WORKLOAD_KINDS } from '../workloads.ts'
import { workloadRules } from './access.ts'
import { parseWorkloadKinds } from './parse.ts'

test('what is changed may be listed, watched and patched; nothing else is allowed', () => {
  const verbs = ['list', 'watch', 'patch']
  const custom = parseWorkloadKinds(['rollouts.argoproj.io/v1alpha1', 'services.serving.knative.dev/v1'])
  assert.deepEqual(workloadRules([...WORKLOAD_KINDS, ...custom]), [
    { apiGroups: ['batch'], resources: ['cronjobs'], verbs },
    { apiGroups: ['apps'], resources: ['daemonsets', 'deployments', 'statefulsets'], verbs },
    { apiGroups: ['argoproj.io'], resources: ['rollouts'], verbs },
    { apiGroups: ['serving.knative.dev'], resources: ['services'], verbs },
  ])
})

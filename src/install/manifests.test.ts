import assert from 'node:assert/strict'
import { BlockList } from 'node:net'
import { describe, test } from 'node:test'
import { labelsOf, type Manifest } from './manifest.ts'
import { manifests } from './manifests.ts'
import type { PolicyRule } from '../core/image/workloads/access.ts'
import { nameOf, targetOf } from './resources.ts'
import { DEFAULTS, type Settings } from './settings.ts'

const SETTINGS: Settings = { ...DEFAULTS, namespace: 'here', image: 'r/i:1', version: '1.2.3' }
const all = manifests(SETTINGS)
const managed = manifests({ ...SETTINGS, certificates: 'cert-manager' })
const find = (kind: string, name = 'millrace', from = all): Manifest => {
  const found = from.find((object) => object.kind === kind && object.metadata.name === name)
  assert.ok(found, `there is no ${kind} ${name}`)
  return found
}

interface Deployment {
  spec: {
    template: {
      metadata: { labels: object }
      spec: {
        serviceAccountName: string
        securityContext: object
        containers: { args: string[]; image: string; securityContext: object; ports: { containerPort: number }[] }[]
        volumes?: object[]
      }
    }
    selector: { matchLabels: object }
    replicas: number
  }
}
interface Role {
  kind: string
  rules: PolicyRule[]
}
interface Webhooks {
  webhooks: {
    failurePolicy: string
    timeoutSeconds: number
    sideEffects: string
    matchConditions: object[]
    namespaceSelector: { matchExpressions: { values: string[] }[] }
    clientConfig: { service: object }
  }[]
}

describe('what is installed', () => {
  test('has a place, a name of its own and the common labels', () => {
    for (const objects of [all, managed]) {
      assert.equal(new Set(objects.map(nameOf)).size, objects.length)
      for (const object of objects) {
        assert.ok(targetOf(object).resource.plural)
        assert.partialDeepStrictEqual(object.metadata.labels, labelsOf('1.2.3'))
        const { namespace } = object.metadata
        assert.ok(namespace === undefined || namespace === 'here' || namespace === 'kube-system', nameOf(object))
      }
    }
  })

  test('comes in an order in which nobody is asked before there is an answer', () => {
    const kinds = all.map(({ kind }) => kind)
    assert.equal(kinds[0], 'Namespace')
    assert.deepEqual(kinds.slice(-4), ['Deployment', 'APIService', 'APIService', 'MutatingWebhookConfiguration'])
    const firstUse = kinds.indexOf('Deployment')
    for (const kind of ['CustomResourceDefinition', 'ServiceAccount', 'ClusterRoleBinding', 'Secret'])
      assert.ok(kinds.lastIndexOf(kind) < firstUse, kind)
  })

  test('runs without any privilege: Pod Security "restricted"', () => {
    const { spec } = (find('Deployment') as unknown as Deployment).spec.template
    assert.partialDeepStrictEqual(spec.securityContext, {
      runAsNonRoot: true,
      runAsUser: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    assert.equal(spec.volumes, undefined)
    for (const container of spec.containers)
      assert.deepEqual(container.securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    const { labels } = find('Namespace', 'here').metadata
    assert.equal(labels?.['pod-security.kubernetes.io/enforce'], 'restricted')
  })

  test('is found by the Service, and disturbed one pod at a time', () => {
    const { spec } = find('Deployment') as unknown as Deployment
    const pod = spec.template.metadata.labels
    const service = find('Service') as unknown as { spec: { selector: object } }
    const budget = find('PodDisruptionBudget') as unknown as {
      spec: { selector: { matchLabels: object }; maxUnavailable: number; unhealthyPodEvictionPolicy: string }
    }
    const policy = find('NetworkPolicy') as unknown as { spec: { podSelector: { matchLabels: object } } }
    for (const selector of [
      service.spec.selector,
      budget.spec.selector.matchLabels,
      policy.spec.podSelector.matchLabels,
      spec.selector.matchLabels,
    ])
      assert.partialDeepStrictEqual(pod, selector)
    assert.equal(budget.spec.maxUnavailable, 1)
    assert.equal(budget.spec.unhealthyPodEvictionPolicy, 'AlwaysAllow')
    // A selector never changes: what is in it must not depend on the version.
    assert.doesNotMatch(JSON.stringify(spec.selector), /1\.2\.3/)
  })

  test('reaches no address where a cloud hands out the credentials of nodes', () => {
    const policy = find('NetworkPolicy') as unknown as {
      spec: { egress: { to?: { ipBlock: { cidr: string; except: string[] } }[]; ports?: { port: number }[] }[] }
    }
    const [names, rest] = policy.spec.egress
    assert.deepEqual([...new Set(names?.ports?.map(({ port }) => port))], [53])
    const excepted = new BlockList()
    for (const { ipBlock } of rest?.to ?? [])
      for (const each of ipBlock.except) {
        const [address = '', length = ''] = each.split('/')
        const family = address.includes(':') ? 'ipv6' : 'ipv4'
        assert.equal(family === 'ipv6', ipBlock.cidr === '::/0', 'an exception lies in its block')
        excepted.addSubnet(address, Number(length), family)
      }
    for (const address of ['169.254.169.254', '100.100.100.200', '168.63.129.16', '192.0.0.192'])
      assert.ok(excepted.check(address), address)
    for (const address of ['fe80::a9fe:a9fe', 'fd00:ec2::254', 'fd20:ce::254', 'fd00:c1::a9fe:a9fe', 'fd00:42::42'])
      assert.ok(excepted.check(address, 'ipv6'), address)
    assert.ok(!excepted.check('100.100.100.201') && !excepted.check('fd00:ec2::253', 'ipv6'))
  })

  test('never stands in the way of a write', () => {
    const { webhooks } = find('MutatingWebhookConfiguration') as unknown as Webhooks
    for (const webhook of webhooks) {
      assert.partialDeepStrictEqual(webhook, { failurePolicy: 'Ignore', timeoutSeconds: 2, sideEffects: 'None' })
      assert.ok(webhook.matchConditions.length > 0)
      assert.deepEqual(webhook.namespaceSelector.matchExpressions[0]?.values, ['here', 'kube-system'])
      // Only so does a kube-apiserver say who it is.
      assert.partialDeepStrictEqual(webhook.clientConfig, {
        service: { namespace: 'default', name: 'kubernetes', port: 443 },
      })
    }
  })

  test('has no right to everything of anything', () => {
    for (const objects of [all, managed])
      for (const { kind, rules } of objects.filter(({ kind }) => kind.endsWith('Role')) as unknown as Role[])
        for (const rule of rules) {
          assert.doesNotMatch(JSON.stringify(rule), /\*/)
          const isSecrets = rule.apiGroups.includes('') && rule.resources.includes('secrets')
          // Only in its own namespace may it follow Secrets whose names it does not know: receivers of webhooks.
          const verbs = kind === 'Role' ? ['list', 'watch'] : ['list']
          if (isSecrets && !rule.resourceNames) assert.deepEqual(rule.verbs, verbs)
        }
  })

  test('reads pull secrets in the named namespaces only, where some are named', () => {
    const narrow = manifests({ ...SETTINGS, pullSecretsFrom: ['a', 'b'] })
    const bindings = narrow.filter(({ metadata }) => metadata.name === 'millrace-pull-secrets')
    assert.deepEqual(
      bindings.map(({ kind, metadata }) => [kind, metadata.namespace]),
      [
        ['ClusterRole', undefined],
        ['RoleBinding', 'a'],
        ['RoleBinding', 'b'],
      ],
    )
  })

  test('with cert-manager writes no Secret, and lets it tell who is to be trusted', () => {
    assert.equal(
      managed.some(({ kind }) => kind === 'Secret'),
      false,
    )
    const role = find('Role', 'millrace', managed) as unknown as Role
    assert.equal(
      role.rules.some(({ resources, verbs }) => resources.includes('secrets') && verbs.includes('update')),
      false,
    )
    for (const name of ['v1.image.openshift.io', 'v1alpha1.millrace.dev']) {
      const { metadata } = find('APIService', name, managed)
      assert.equal(metadata.annotations?.['cert-manager.io/inject-ca-from'], 'here/millrace-cert-manager')
    }
    const { args } = (find('Deployment', 'millrace', managed) as unknown as Deployment).spec.template.spec
      .containers[0]!
    assert.ok(args.includes('--certificates=cert-manager'))
  })

  test('is what the settings say', () => {
    const pull = {
      imagePullPolicy: 'Always',
      imagePullSecrets: ['s'],
      priorityClassName: 'p',
      logLevel: 'debug',
    } as const
    const { spec } = find(
      'Deployment',
      'millrace',
      manifests({ ...SETTINGS, ...pull, replicas: 3 }),
    ) as unknown as Deployment
    assert.equal(spec.replicas, 3)
    assert.partialDeepStrictEqual(spec.template.spec, {
      imagePullSecrets: [{ name: 's' }],
      priorityClassName: 'p',
      containers: [{ image: 'r/i:1', imagePullPolicy: 'Always' }],
    })
    assert.ok(spec.template.spec.containers[0]!.args.includes('--log-level=debug'))
  })
})

// `millrace install` and the Helm chart are told the same things, within the same limits; docs/install.md says which by which.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Check } from 'typebox/schema'
import { runCommand } from '../../../test/support/commandLine.ts'
import { VALUES, valuesSchema } from '../../install/chart/values.ts'

const IMAGE = '--image=registry.test/millrace:1'
const schema = JSON.parse(JSON.stringify(valuesSchema())) as object
const defaults = { ...Object.fromEntries(VALUES.map(({ name, value }) => [name, value])), image: 'r/i:1' }
const isTaken = (values: object): boolean => Check(schema, { ...defaults, ...values })

/** The flags of the command, by its own help. */
async function flagsOfInstall(): Promise<string[]> {
  const { out } = await runCommand(['install', '--help'])
  const own = out.slice(0, out.indexOf('\nGlobal Options:'))
  return [...own.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag!).filter((flag) => flag !== '--help')
}

/** Rows of the table in docs/install.md: flags, and what it says of the chart. */
function documented(): Map<string, string> {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/install.md'), 'utf8')
  const rows = [...page.matchAll(/^\| (`--.*?) \| (.*?) \|/gm)]
  return new Map(rows.map(([, flag, value]) => [flag!.slice(1, -1), value!]))
}

describe('the chart and the flags', () => {
  test('what one can be told, the other can, or the page says what to do', async () => {
    const pages = documented()
    assert.deepEqual([...pages.keys()].toSorted(), ['--namespace', ...(await flagsOfInstall())].toSorted())
    for (const { flag, name } of VALUES) assert.equal(pages.get(flag), `\`${name}\``)
    const others = [...pages].filter(([flag]) => !VALUES.some((value) => value.flag === flag))
    for (const [flag, told] of others) assert.match(told, /^`helm /, flag)
  })

  const taken: [string[], object][] = [
    [[], {}],
    [['--replicas=20'], { replicas: 20 }],
    [['--image-pull-policy=Never'], { imagePullPolicy: 'Never' }],
    [['--image-pull-secret=a.b'], { imagePullSecrets: [{ name: 'a.b' }] }],
    [['--pull-secrets-from=a', '--pull-secrets-from=b'], { pullSecretsFrom: ['a', 'b'] }],
    [['--priority-class=a.b'], { priorityClassName: 'a.b' }],
    [['--cert-manager'], { certificates: 'cert-manager' }],
    [['--workload-kind=rollouts.argoproj.io/v1alpha1'], { workloadKinds: ['rollouts.argoproj.io/v1alpha1'] }],
    [['--workload-kind=a.example.com/v1=spec.x'], { workloadKinds: ['a.example.com/v1=spec.x'] }],
    [['--workload-kind=a.x-k8s.io/v1'], { workloadKinds: ['a.x-k8s.io/v1'] }],
    [['--log-level=debug'], { logLevel: 'debug' }],
    ...['5s', '30s', '604800s', '1m', '90m', '10080m', '1h', '168h'].map((refresh): [string[], object] => [
      [`--refresh=${refresh}`],
      { refresh },
    ]),
  ]
  for (const [flags, values] of taken)
    test(`both take ${flags.join(' ') || 'nothing but an image'}`, async () => {
      const { code, err } = await runCommand(['install', IMAGE, '--print', ...flags])
      assert.deepEqual([code, err, isTaken(values)], [0, '', true])
    })

  const refused: [string, object][] = [
    ...['a b', 'https://r.test/x:1', 'r.test/X:1', 'r.test/x:bad:tag'].map((image): [string, object] => [
      `--image=${image}`,
      { image },
    ]),
    ['--replicas=0', { replicas: 0 }],
    ['--replicas=21', { replicas: 21 }],
    ['--replicas=1.5', { replicas: 1.5 }],
    ['--replicas=many', { replicas: '2' }],
    ['--image-pull-policy=Sometimes', { imagePullPolicy: 'Sometimes' }],
    ['--image-pull-secret=a_b', { imagePullSecrets: [{ name: 'a_b' }] }],
    ['--pull-secrets-from=A', { pullSecretsFrom: ['A'] }],
    ['--pull-secrets-from=a.b', { pullSecretsFrom: ['a.b'] }],
    [`--pull-secrets-from=${'a'.repeat(64)}`, { pullSecretsFrom: ['a'.repeat(64)] }],
    ['--priority-class=X', { priorityClassName: 'X' }],
    ['--log-level=loud', { logLevel: 'loud' }],
    ...['', '4s', '0s', '604801s', '0m', '10081m', '0h', '169h', '1d', '30', 'soon', '5s\n'].map(
      (refresh): [string, object] => [`--refresh=${refresh}`, { refresh }],
    ),
    ['--replica=2', { replica: 2 }],
    ['--pull-secrets-from=', { pullSecretsFrom: 'a' }],
    ['--image-pull-secret=', { imagePullSecrets: ['a'] }],
    ['--certificates=none', { certificates: 'none' }],
    ...[
      '',
      'rollouts',
      'rollouts.argo/v1',
      'rollouts.argoproj.io',
      'Rollout.argoproj.io/v1',
      'a.example.com/v1=',
      'a.example.com/v1=spec.',
      'a.example.com/v1=spec/x',
      `a.example.com/v1=${'a.'.repeat(10)}a`,
      'deployments.apps/v1',
      'imagestreams.image.openshift.io/v1',
      'builds.openshift.io/v1',
      'storedimages.storage.millrace.dev/v1',
      'a.k8s.io/v1',
    ].map((kind): [string, object] => [`--workload-kind=${kind}`, { workloadKinds: [kind] }]),
  ]
  for (const [flag, values] of refused)
    test(`both refuse ${flag}`, async () => {
      const { code } = await runCommand(
        ['install', flag.startsWith('--image=') ? '' : IMAGE, '--print', flag].filter(Boolean),
      )
      assert.deepEqual([code, isTaken(values)], [1, false])
    })

  test('too many kinds, and one twice', () => {
    const secrets = ['a', 'a'].map((name) => ({ name }))
    assert.equal(isTaken({ imagePullSecrets: secrets }), false)
    const kinds = (count: number) => Array.from({ length: count }, (_, i) => `a${i}.example.com/v1`)
    assert.deepEqual([isTaken({ workloadKinds: kinds(32) }), isTaken({ workloadKinds: kinds(33) })], [true, false])
    assert.equal(isTaken({ workloadKinds: ['a.example.com/v1', 'a.example.com/v1'] }), false)
  })

  test('a chart that depends on this one may hand it its globals', () => assert.ok(isTaken({ global: { a: 1 } })))
})

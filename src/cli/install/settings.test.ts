import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { runCommand } from '../../../test/support/commandLine.ts'

const IMAGE = '--image=registry.test/millrace:1'

describe('install', () => {
  const mistakes: [string[], RegExp][] = [
    [[], /^error: --image is needed: the container image of Millrace, where your nodes can pull it/],
    [['--image=a b'], /--image must be the reference of an image, not "a b": invalid reference format/],
    [['--image=https://r.test/x:1'], /not "https:\/\/r\.test\/x:1": leave the scheme out, as in registry\.example/],
    [['--image=UPPER/x:1'], /not "UPPER\/x:1": repository name must be lowercase/],
    [['--image=r.test/x:bad:tag'], /not "r\.test\/x:bad:tag": invalid reference format/],
    [['--image=r.test/x@sha256:ab'], /not "r\.test\/x@sha256:ab": invalid reference format/],
    [['--image=r.test:5000'], /not "r\.test:5000": it names a registry and no repository/],
    [[IMAGE, '--replicas=0'], /--replicas must be a number from 1 to 20, not "0"/],
    [[IMAGE, '--replicas=many'], /--replicas must be a number/],
    [
      [IMAGE, '--image-pull-policy=Sometimes'],
      /--image-pull-policy must be Always, IfNotPresent, Never, not "Sometimes"/,
    ],
    [[IMAGE, '--image-pull-secret=a_b'], /"a_b" cannot be a secret: /],
    [[IMAGE, '--pull-secrets-from=A'], /"A" cannot be a namespace: /],
    [[IMAGE, '-n', 'a.b'], /"a\.b" cannot be a namespace: /],
    ...['default', 'kube-node-lease', 'kube-public', 'kube-system'].flatMap((name): [string[], RegExp][] =>
      [[], ['--print']].map((more) => [
        [IMAGE, '-n', name, ...more],
        new RegExp(
          `^error: namespace ${name} is Kubernetes' own, .*: choose another with --namespace, or leave it out`,
        ),
      ]),
    ),
    [[IMAGE, '--priority-class=X'], /"X" cannot be a priority class: /],
    [[IMAGE, '--allow-registry-address=localhost'], /--allow-registry-address must be an address or a range of them/],
    [[IMAGE, '--registries=/nowhere/at/all'], /^error: --registries: ENOENT/],
    [[IMAGE, '--refresh=1s'], /--refresh must be a duration from 5s to 168h, such as 30s or 10m, not "1s"/],
    [[IMAGE, '--log-level=loud'], /--log-level must be debug, info, warn or error, not "loud"/],
    [[IMAGE, '--timeout=soon'], /invalid duration "soon"/],
    [[IMAGE, '--print', '--timeout=-1s'], /invalid duration "-1s"/],
    [[IMAGE, '-A'], /^error: -A is for commands that list: --namespace names the one of the server/],
    [[IMAGE, '-o', 'json'], /^error: -o is for what prints objects, such as install --print/],
    [[IMAGE, '--print', '-o', 'name'], /^error: --print knows the formats yaml and json, not "name"/],
    [[IMAGE, 'millrace'], /too many arguments/],
  ]
  for (const [args, message] of mistakes)
    test(`${args.join(' ') || 'without flags'}: says what is wrong`, async () => {
      const { err, code } = await runCommand(['install', ...args])
      assert.match(err, message)
      assert.equal(code, 1)
    })

  test('--print needs no cluster, and prints what kubectl can apply', async () => {
    const { out, code } = await runCommand(['install', IMAGE, '--print', '-n', 'here', '--replicas=3'])
    assert.equal(code, 0)
    assert.match(out, /^---\napiVersion: v1\nkind: Namespace\nmetadata:\n {2}name: here\n/)
    assert.match(out, /^ {2}replicas: 3$/m)
  })

  test('what is said twice counts once', async () => {
    const print = async (...args: string[]) => (await runCommand(['install', IMAGE, '--print', ...args])).out
    for (const flag of [
      '--image-pull-secret=a',
      '--pull-secrets-from=a',
      '--workload-kind=rollouts.argoproj.io/v1alpha1',
      '--allow-registry-address=127.0.0.1',
    ])
      assert.equal(await print(flag, flag), await print(flag))
  })

  test('--print -o json prints the same as a list', async () => {
    const print = async (...args: string[]) => (await runCommand(['install', IMAGE, '--print', ...args])).out
    const documents = parseAllDocuments(await print()).map((document): unknown => document.toJS())
    assert.ok(documents.length > 20)
    assert.deepEqual(JSON.parse(await print('-o', 'json')), { apiVersion: 'v1', kind: 'List', items: documents })
    assert.equal(await print('-o', 'yaml'), await print())
  })
})

test('uninstall takes no arguments, and durations as everywhere', async () => {
  assert.match((await runCommand(['uninstall', 'x'])).err, /too many arguments/)
  assert.match((await runCommand(['uninstall', '--timeout=x'])).err, /invalid duration "x"/)
  assert.match((await runCommand(['uninstall', '-A'])).err, /^error: -A is for commands that list/)
  assert.match((await runCommand(['uninstall', '-o', 'yaml'])).err, /^error: -o is for what prints objects/)
})

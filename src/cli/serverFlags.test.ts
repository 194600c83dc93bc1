import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../test/support/commandLine.ts'
import { registryAddressesOf, workloadKindsOf } from './serverFlags.ts'

test('kinds of workloads are named by a flag that may be repeated, and by mistake in one line', async () => {
  const kinds = workloadKindsOf(['rollouts.argoproj.io/v1alpha1', 'a.example.com/v1=spec.pod'])
  assert.deepEqual(
    kinds.map(({ podSpec }) => podSpec),
    ['spec.template.spec', 'spec.pod'],
  )
  const flags = [
    '--register-external=https://localhost:1',
    '--workload-kind=a.example.com/v1',
    '--workload-kind=pods/v1',
  ]
  assert.deepEqual(await runCommand(['server', ...flags]).then(({ code, err }) => [code, err]), [
    1,
    'error: --workload-kind: triggers cannot work on pods: name the kind of what makes them\n',
  ])
})

test('addresses of registries are given one by one, and by mistake in one line', async () => {
  assert.deepEqual(
    registryAddressesOf(['127.0.0.0/8', '::1']).map(({ bits }) => bits),
    [8, 128],
  )
  const flags = ['--register-external=https://localhost:1', '--allow-registry-address=127.0.0.1,::1']
  const { code, err } = await runCommand(['server', ...flags])
  assert.equal(code, 1)
  assert.match(err, /^error: --allow-registry-address must be an address or a range .*, not "127\.0\.0\.1,::1"\n$/)
})

test('where the cluster is to find a server must be what a Service can say', async () => {
  for (const [url, message] of [
    ['https://a_b:1', /needs a DNS name and a port that a Service can have, not a_b:1$/m],
    ['https://localhost:0', /needs a DNS name and a port that a Service can have, not localhost:0$/m],
    ['https://127.0.0.1:1', /needs a name, not the address 127\.0\.0\.1: try https:\/\/localhost$/m],
    ['http://localhost:1', /must be https:\/\/HOST:PORT, not "http/],
  ] as const) {
    const { code, err } = await runCommand(['server', `--register-external=${url}`])
    assert.equal(code, 1)
    assert.match(err, message)
  }
})

test('flags of installed servers are refused by others', async () => {
  for (const flag of ['--certificates=cert-manager', '--shutdown-delay=5s']) {
    const { code, err } = await runCommand(['server', '--register-external=https://localhost:1', flag])
    const [name] = flag.split('=')
    assert.deepEqual(
      [code, err],
      [1, `error: ${name} is for installed servers: leave it out, or leave --register-external out\n`],
    )
  }
})

test('standalone has no custom resources, and says where they are', async () => {
  const { code, err } = await runCommand(['standalone', '--workload-kind=rollouts.argoproj.io/v1alpha1'])
  assert.equal(code, 1)
  assert.match(err, /^error: there are no custom resources in the stand-in cluster: .* millrace server/)
})

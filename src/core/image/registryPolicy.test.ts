import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertLinear, repeated } from '../../../test/support/linearTime.ts'
import { event, stream, tag } from '../../../test/support/imageObjects.ts'
import { parseReference } from '../oci/reference.ts'
import {
  registryAddress,
  registryCheck,
  registryProblem,
  type AllowedRegistry,
  type Transport,
} from './registryPolicy.ts'

const allowed = (list: AllowedRegistry[], spec: string, transport: Transport = 'secure'): boolean =>
  registryProblem({ allowedRegistries: list }, parseReference(spec), transport) === undefined

const entry = (domainName: string, insecure = false): AllowedRegistry => ({ domainName, insecure })

const table: [AllowedRegistry, string, Transport, boolean][] = [
  [entry('quay.io'), 'quay.io/x/y', 'secure', true],
  [entry('quay.io'), 'quay.io/x/y', 'insecure', false],
  [entry('quay.io'), 'quay.io/x/y', 'any', true],
  [entry('quay.io', true), 'quay.io/x/y', 'secure', false],
  [entry('quay.io', true), 'quay.io/x/y', 'any', true],
  [entry('quay.io'), 'quay.io:443/x/y', 'secure', true],
  [entry('quay.io'), 'quay.io:5000/x/y', 'any', false],
  [entry('quay.io:*'), 'quay.io:5000/x/y', 'secure', true],
  [entry('*.acme.com'), 'r.eu.acme.com/x/y', 'secure', true],
  [entry('*.acme.com'), 'acme.com/x/y', 'secure', false],
  [entry('r?.acme.com'), 'r1.acme.com/x/y', 'secure', true],
  [entry('r?.acme.com'), 'r10.acme.com/x/y', 'secure', false],
  [entry('docker.io'), 'busybox', 'secure', true],
  [entry('docker.io'), 'index.docker.io/library/busybox', 'secure', true],
  [entry('quay.io'), 'busybox', 'secure', false],
]
for (const [rule, spec, transport, expected] of table) {
  test(`${rule.domainName}${rule.insecure ? ' (insecure)' : ''} ${expected ? 'allows' : 'refuses'} ${spec}, ${transport}`, () =>
    assert.equal(allowed([rule], spec, transport), expected))
}

test('no list allows everything; the integrated registry is always allowed', () => {
  assert.equal(allowed([], 'anything.io/x/y'), true)
  const policy = { allowedRegistries: [entry('quay.io')], internalRegistryHostname: 'reg:5000' }
  assert.equal(registryProblem(policy, parseReference('reg:5000/x/y'), 'secure'), undefined)
})

test('a refusal names the registry and some of what is allowed', () => {
  const problem = (n: number) =>
    registryProblem(
      { allowedRegistries: Array.from({ length: n }, (_, i) => entry(`r${i}`)) },
      parseReference('bad.io/x/y'),
      'secure',
    )
  assert.equal(problem(1), 'registry "bad.io" not allowed by whitelist: "r0:443"')
  assert.match(problem(5)!, /"r3:443", "r4:443"$/)
  assert.match(problem(6)!, /"r3:443", and 2 more \.\.\.$/)
})

test('patterns of many stars take no time', () => {
  const start = performance.now()
  assert.equal(allowed([entry(`${'*a'.repeat(50)}b`)], `${'a'.repeat(60)}.${'a'.repeat(60)}.io/x/y`), false)
  assert.ok(performance.now() - start < 200)
})

test('repositories that a stream already refers to stay allowed, others do not', () => {
  const policy = { allowedRegistries: [entry('quay.io')] }
  const old = stream([tag('a', 'old.io/x/spec:1')], { a: [event('a', { dockerImageReference: 'old.io/x/status:1' })] })
  old.spec.dockerImageRepository = 'old.io/x/repository'
  const check = registryCheck(policy, old)
  for (const name of ['spec', 'status', 'repository'])
    assert.equal(check(parseReference(`old.io/x/${name}:2`), false), undefined)
  assert.match(check(parseReference('old.io/x/other'), false) ?? '', /not allowed/)
  assert.match(registryCheck(policy)(parseReference('old.io/x/spec'), true) ?? '', /not allowed/)
})

test('addresses have a port', () => {
  assert.equal(registryAddress(parseReference('gcr.io/x/y'), false), 'gcr.io:443')
  assert.equal(registryAddress(parseReference('gcr.io/x/y'), true), 'gcr.io:80')
  assert.equal(registryAddress(parseReference('gcr.io:5000/x/y'), true), 'gcr.io:5000')
})

test('a registry is compared with the list in linear time', () => {
  const policy = { allowedRegistries: [entry('*a*b*c*'), entry('?*?*?*x'), entry('*.*.*:*')] }
  for (const piece of ['a', 'ab', 'abc', '.', 'x', 'a.'])
    for (const end of ['', ':5000', 'y']) {
      const check = (registry: string) =>
        registryProblem(policy, { registry, namespace: '', name: 'x', tag: '', id: '' }, 'any')
      assertLinear(piece + end, check, repeated(piece, end))
    }
})

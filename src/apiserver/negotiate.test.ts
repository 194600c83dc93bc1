import assert from 'node:assert/strict'
import { test } from 'node:test'
import { negotiate, type Representation } from './negotiate.ts'

const all: Representation[] = ['Table', 'PartialObjectMetadata']
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'
const cases: [string | undefined, Representation[], string][] = [
  [undefined, all, 'json object v1'],
  ['*/*', all, 'json object v1'],
  ['application/yaml', all, 'yaml object v1'],
  [`${table},application/json`, all, 'json Table v1'],
  [`${table},application/json`, [], 'json object v1'],
  ['application/json;as=Table;v=v1beta1;g=meta.k8s.io', all, 'json Table v1beta1'],
  ['application/vnd.kubernetes.protobuf,application/json', all, 'json object v1'],
  ['application/json;stream=watch', all, 'json object v1'],
  ['application/json;q=0.1, application/yaml', all, 'yaml object v1'],
]
for (const [accept, representations, wanted] of cases)
  test(`Accept ${accept} with [${representations.join()}]`, () => {
    const { format, as, version } = negotiate(accept, representations)
    assert.equal(`${format} ${as} ${version}`, wanted)
  })

for (const accept of ['image/png', table, 'application/json;q=0', 'constructor', '__proto__;as=Table'])
  test(`Accept ${accept} cannot be served without representations`, () => {
    assert.throws(() => negotiate(accept, []), { message: /only the following media types/ })
  })

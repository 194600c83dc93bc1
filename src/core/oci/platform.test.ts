import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choosePlatform, goArchitecture, type Platform } from './platform.ts'

const entry = (text: string): { platform: Platform } => {
  const [architecture = '', os = '', variant] = text.split('/')
  return { platform: { architecture, os, ...(variant && { variant }) } }
}
const table: [string, string[], string, number | undefined][] = [
  ['the preferred one', ['amd64/linux', 'arm64/linux'], 'arm64/linux', 1],
  ['the first of several variants', ['arm/linux/v6', 'arm/linux/v7'], 'arm/linux', 0],
  ['amd64/linux when the preferred is not there', ['arm64/linux', 'amd64/linux'], 's390x/linux', 1],
  ['both words must match', ['amd64/windows', 'amd64/linux'], 'amd64/linux', 1],
  ['the first when nothing fits', ['arm64/linux', 'ppc64le/linux'], 's390x/linux', 0],
  ['nothing of nothing', [], 'amd64/linux', undefined],
]

for (const [name, entries, preferred, index] of table) {
  test(`platform: ${name}`, () => {
    const list = entries.map(entry)
    assert.equal(choosePlatform(list, entry(preferred).platform), index === undefined ? undefined : list[index])
  })
}

test("Node's architectures in Go's words", () => {
  assert.deepEqual(['x64', 'arm64', 'ia32', 's390x'].map(goArchitecture), ['amd64', 'arm64', '386', 's390x'])
})

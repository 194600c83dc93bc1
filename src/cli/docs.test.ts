import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { runCommand } from '../../test/support/commandLine.ts'

const docs = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')

test('every command is in the documentation, and nothing else', async () => {
  const { out } = await runCommand(['--help'])
  const commands = [...out.matchAll(/^ {2}([a-z][a-z-]*) {2,}/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'help')
  const table = [...docs.matchAll(/^\| `.*\|$/gm)].map(([row]) => row)
  const documented = table.flatMap((row) => [...row.split(' | ')[0]!.matchAll(/`([a-z-]+)/g)].map(([, name]) => name!))
  assert.deepEqual([...new Set(documented)].toSorted(), commands.toSorted())
})

test('every flag that the documentation names exists', async () => {
  const pages = await Promise.all(
    [
      [],
      ['import-image'],
      ['tag'],
      ['rollback'],
      ['set', 'triggers'],
      ['set', 'image-lookup'],
      ['set', 'image'],
      ['delete'],
      ['adm', 'prune', 'images'],
      ['create', 'is'],
      ['create', 'istag'],
      ['new-project'],
      ['standalone'],
      ['server'],
      ['install'],
      ['uninstall'],
    ].map(async (command) => (await runCommand([...command, '--help'])).out),
  )
  const help = pages.join('\n')
  const flags = new Set([...docs.matchAll(/--[a-z][a-z-]+/g)].map(([flag]) => flag))
  for (const flag of flags) assert.ok(flag === '--help' || help.includes(`${flag} `), flag)
})

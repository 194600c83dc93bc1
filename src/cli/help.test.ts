import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../test/support/commandLine.ts'

test('examples in help are whole lines, to be copied; prose and flags fit a terminal', async () => {
  for (const command of [['tag'], ['import-image'], ['set', 'triggers'], ['rollback'], []]) {
    const lines = (await runCommand([...command, '--help'])).out.split('\n')
    const [examples, prose] = [true, false].map((is) => lines.filter((line) => line.startsWith('  millrace ') === is))
    for (const line of prose!) assert.ok(line.length <= 80 || line.startsWith('Usage: '), line)
    for (const line of examples!) assert.match(line, /^  millrace [a-z-]+ \S+/)
  }
  const { out } = await runCommand(['tag', '--help'])
  assert.match(out, /^  millrace tag ubi@sha256:[0-9a-f]{64} ubi:8$/m)
})

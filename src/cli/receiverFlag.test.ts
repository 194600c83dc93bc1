import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runCommand } from '../../test/support/commandLine.ts'
import { receiversOf } from './receiverFlag.ts'

const directory = mkdtempSync(join(tmpdir(), 'millrace-receivers-'))
after(() => rmSync(directory, { recursive: true }))
const file = (name: string, text: string): string => {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}
const SECRET = '0123456789abcdef'

test('receivers are named by a flag that may be repeated; their secrets lie in files', () => {
  const path = file('secret', `${SECRET}\n`)
  assert.deepEqual(
    receiversOf([`hub=dockerhub,secret-file=${path}`, `inner=harbor,host=R.test:5000,secret-file=${path}`]),
    [
      { name: 'hub', sender: 'dockerhub', secret: SECRET },
      { name: 'inner', sender: 'harbor', secret: SECRET, host: 'r.test:5000' },
    ],
  )
})

test('a flag that is wrong ends the command with one line, in which there is no secret', async () => {
  const short = file('short', 'short-one')
  const good = file('good', SECRET)
  const cases: [string[], RegExp][] = [
    [['hub'], /^error: --receiver must be NAME=SENDER,secret-file=PATH\[,host=HOST\], not "hub"\n$/],
    [['hub=dockerhub'], /must be NAME=SENDER/],
    [[`hub=dockerhub,secret-file=${good},secrets=x`], /must be NAME=SENDER/],
    [[`hub=docker,secret-file=${good}`], /^error: --receiver hub: no sender is called "docker": choose one of acr/],
    [[`hub=dockerhub,secret-file=${short}`], /^error: --receiver hub: its secret must have at least 16 characters\n$/],
    [[`hub=dockerhub,secret-file=${directory}/missing`], /--receiver hub: its secret cannot be read: ENOENT/],
    [[`hub=quay,secret-file=${good}`, `hub=acr,secret-file=${good}`], /there are two receivers called hub/],
  ]
  for (const [flags, message] of cases) {
    const { code, err } = await runCommand(['standalone', ...flags.map((flag) => `--receiver=${flag}`)])
    assert.equal(code, 1)
    assert.match(err, message)
    assert.ok(!err.includes(SECRET) && !err.includes('short-one'))
  }
})

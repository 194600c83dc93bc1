import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normalize } from './arguments.ts'

test("Go's spellings of flags become commander's", () => {
  const cases: [string[], string[]][] = [
    [
      ['--all=true', '--confirm=false', '--insecure=1'],
      ['--all', '--no-confirm', '--insecure'],
    ],
    [
      ['--from=x=y', '--all=maybe'],
      ['--from=x=y', '--all=maybe'],
    ],
    [
      ['-n=demo', '-o=yaml', '-d'],
      ['-ndemo', '-oyaml', '-d'],
    ],
    [
      ['--dry-run', 'deployment/x'],
      ['--dry-run=client', 'deployment/x'],
    ],
    [['--dry-run=server'], ['--dry-run=server']],
    [
      ['--cascade', 'is', 'x'],
      ['--cascade=background', 'is', 'x'],
    ],
    [
      ['a', '--', '--all=true', '--dry-run'],
      ['a', '--', '--all=true', '--dry-run'],
    ],
  ]
  for (const [given, expected] of cases)
    assert.deepEqual(normalize(given, new Set(['all', 'confirm', 'insecure'])), expected)
})

// Every promise of the lists in docs/checklist is held by a test that exists, or is a difference that is declared.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { checklistProblems } from './support/checklist.ts'
import { ROOT } from './support/sources.ts'

const read = (path: string): string | undefined => {
  const file = join(ROOT, path)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

describe('the checklist', () => {
  const lists = globSync('docs/checklist/*.md', { cwd: ROOT })
  test('is there', () => assert.notEqual(lists.length, 0))
  for (const path of lists) test(path, () => assert.deepEqual(checklistProblems(read(path)!, read), []))
})

describe('a checklist', () => {
  const files: Record<string, string> = {
    'src/a.test.ts': "test('one', …)\ntest(`of ${what}: ${f(n)}`, …)\nconst table = [['tags', 2]]\n",
    'docs/differences-from-openshift.md': '| `limit` of lists | truncated |',
  }
  const list = (...rows: string[]) => ['# List', '', '| # | statement | held by |', '|---|---|---|', ...rows].join('\n')
  const row = (holders: string) => list(`| 1 | Tags are sorted | ${holders} |`)
  const cases: [what: string, text: string, problems: string[]][] = [
    ['with a test', row('`src/a.test.ts › one`'), []],
    ['with two tests', row('`src/a.test.ts › one`, `src/a.test.ts › of tags: 2`'), []],
    ['with a title in a group', row('`src/a.test.ts › tags › one`'), []],
    ['with a difference', row('[limit of lists](../differences-from-openshift.md)'), []],
    [
      'that goes on in a second table',
      `${row('`src/a.test.ts › one`')}\n\n${list('| 2 | a \\| b | `src/a.test.ts › one` |')}`,
      [],
    ],
    ['without rows', list(), ['no rows']],
    ['of another form', '| a | b |', ['no rows']],
    ['with a gap', list('| 2 | x | `src/a.test.ts › one` |'), ['1: row 1 has the number "2"']],
    ['with an empty statement', list('| 1 |  | `src/a.test.ts › one` |'), ['1: no statement']],
    ['that nothing holds', row(''), ['1: nothing holds it']],
    ['with prose for a test', row('`src/a.test.ts › one`, soon'), ['1: neither a test nor a link: soon']],
    ['with a file that is gone', row('`src/b.test.ts › one`'), ['1: no such file: src/b.test.ts']],
    ['with a file that is no test', row('`src/a.ts › one`'), ['1: not a test file: src/a.ts']],
    ['without a title', row('`src/a.test.ts`'), ['1: no title of a test: src/a.test.ts']],
    ['with a part of a title', row('`src/a.test.ts › on`'), ['1: src/a.test.ts has no test: on']],
    [
      'with a title that no table makes',
      row('`src/a.test.ts › of tags: 3`'),
      ['1: src/a.test.ts has no test: of tags: 3'],
    ],
    [
      'with a link elsewhere',
      row('[x](adr/README.md)'),
      ['1: a link to adr/README.md, not to ../differences-from-openshift.md'],
    ],
    [
      'with a difference that is not declared',
      row('[speed](../differences-from-openshift.md)'),
      ['1: ../differences-from-openshift.md does not say: speed'],
    ],
    [
      'with a bar too many',
      row('`src/a.test.ts › one` | x'),
      ['1: more than three columns; a | inside of one is written \\|'],
    ],
  ]
  for (const [what, text, problems] of cases)
    test(what, () =>
      assert.deepEqual(
        checklistProblems(text, (path) => files[path]),
        problems,
      ),
    )
})

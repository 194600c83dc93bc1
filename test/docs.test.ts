// What the documents say about files and about each other, as far as a program can check it.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'

const root = join(import.meta.dirname, '..')
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).map((path) => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
}))
const sources = globSync('{src,test,bench,demo,deploy}/**/*.ts', { cwd: root })
/** Names that stand for a habit, and for the lack of one. */
const EXAMPLES = new Set(['x.test.ts', 'utils.ts'])
const names = new Set(sources.map((path) => basename(path)))

describe('documents', () => {
  test('link to what is there', () => {
    const broken = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)]
        .filter(([, target = '']) => !existsSync(join(root, dirname(path), target)))
        .map(([, target]) => `${path}: ${target}`),
    )
    assert.deepEqual(broken, [])
  })

  test('name source files that exist', () => {
    const wrong = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/`([\w./]+\.ts)`/g)]
        .filter(([, file = '']) => !EXAMPLES.has(file))
        .filter(([, file = '']) => !(file.includes('/') ? sources.some((s) => s.endsWith(file)) : names.has(file)))
        .map(([, file]) => `${path}: ${file}`),
    )
    assert.deepEqual(wrong, [])
  })

  test('the list of decisions has the title of every page', () => {
    const index = readFileSync(join(root, 'docs/adr/README.md'), 'utf8')
    const listed = [...index.matchAll(/^\| \[\d{4}\]\((.+?)\) \| (.+?) \|$/gm)].map(([, file, title]) => [file, title])
    const pages = documents
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      .filter(({ path }) => /^docs\/adr\/\d/.test(path))
      .map(({ path, text }) => [basename(path), /^# \d+\. (.+)$/m.exec(text)?.[1]])
    assert.deepEqual(listed, pages)
  })
})

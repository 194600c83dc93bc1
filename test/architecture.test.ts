// The shape of the source as a test: which way imports point, what the core may know, how long a file may grow.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findCycle, importsOf, readSources, type Source } from './support/sources.ts'

const sources = readSources('src/**/*.ts')
const code = sources.filter((s) => !s.isTest)

/** Areas that an area may import besides itself. An area that is not listed may not exist. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  http: ['core'],
  store: ['kube', 'http', 'core'],
  kube: ['http', 'core'],
  registry: ['kube', 'http', 'core'],
  install: ['store', 'kube', 'http', 'core'],
  apiserver: ['store', 'kube', 'registry', 'http', 'core'],
  admission: ['store', 'kube', 'registry', 'http', 'core'],
  controllers: ['store', 'kube', 'registry', 'http', 'core'],
  sandbox: ['store', 'kube', 'registry', 'http', 'core'],
  app: ['install', 'apiserver', 'admission', 'controllers', 'sandbox', 'store', 'kube', 'registry', 'http', 'core'],
  cli: ['app', 'install', 'kube', 'http', 'core'],
}

/** What the core may use from outside the project: types of schemas, the order of versions, and a parser of texts. */
const CORE_PACKAGES = ['typebox', 'semver', 'yaml']

/** Where a number comes from outside: clock, randomness, process, network. The core gets them as arguments. */
const IMPURE =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bsetTimeout\(|\bsetInterval\(|\bfetch\(|\bconsole\./

const area = (path: string): string => path.split('/')[1]!
const quantile = (q: number): number => {
  const lengths = code.map((s) => s.lines).sort((a, b) => a - b)
  return lengths[Math.floor(q * (lengths.length - 1))]!
}

describe('imports', () => {
  test('point one way: cli, app, {install, apiserver, admission, controllers, sandbox}, {store, registry}, kube, http, core', () => {
    const wrong = code.flatMap((s) =>
      s.files
        .filter((f) => area(f) !== area(s.path) && !MAY_IMPORT[area(s.path)]?.includes(area(f)))
        .map((f) => `${s.path} imports ${f}`),
    )
    assert.deepEqual(wrong, [])
  })

  test('stay inside src, except in tests', () => {
    const outside = code.flatMap((s) =>
      s.files.filter((f) => !f.startsWith('src/')).map((f) => `${s.path} imports ${f}`),
    )
    assert.deepEqual(outside, [])
  })

  test('never lead from code to a test', () => {
    assert.deepEqual(
      code.filter((s) => s.files.some((f) => f.endsWith('.test.ts'))).map((s) => s.path),
      [],
    )
  })

  test('form no cycle', () => {
    assert.equal(findCycle(new Map(code.map((s) => [s.path, s.files]))), undefined)
  })
})

describe('the core', () => {
  const core = code.filter((s) => area(s.path) === 'core')

  test('imports only itself, three libraries, and hashing in a single file', () => {
    const foreign = core.flatMap((s) => s.packages.filter((p) => !CORE_PACKAGES.includes(p)).map((p) => [s.path, p]))
    assert.deepEqual(
      foreign.filter(([, name]) => name !== 'node:crypto'),
      [],
    )
    assert.ok(foreign.length <= 1, `node:crypto is imported by ${foreign.map(([path]) => path).join(', ')}`)
  })

  test('knows no clock, no randomness, no process and no network', () => {
    const impure = (s: Source) =>
      s.text.split('\n').filter((line) => IMPURE.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line))
    assert.deepEqual(
      core.flatMap((s) => impure(s).map((line) => `${s.path}: ${line.trim()}`)),
      [],
    )
  })
})

describe('files', () => {
  test('have 400 lines or less', () => {
    assert.deepEqual(
      readSources('src/**/*.ts', 'test/support/*.ts', 'bench/*.ts', 'demo/*.ts', 'deploy/*.ts')
        .filter((s) => !s.isTest && s.lines > 400)
        .map((s) => `${s.path}: ${s.lines}`),
      [],
    )
  })

  test('have a median of 90 lines or less, and nine of ten 250 or less', () => {
    assert.ok(quantile(0.5) <= 90, `the median is ${quantile(0.5)}`)
    assert.ok(quantile(0.9) <= 250, `the 90th percentile is ${quantile(0.9)}`)
  })

  test('are named by what they hold', () => {
    const vague = /(^|[-/])(utils?|helpers?|common|misc|stuff)(\.test)?\.ts$/
    assert.deepEqual(
      sources.filter((s) => vague.test(s.path)).map((s) => s.path),
      [],
    )
  })

  test('are named in camelCase', () => {
    const camelCase = /(^|\/)[a-z][A-Za-z0-9]*(\.[a-z]+)*\.ts$/
    assert.deepEqual(
      readSources('{src,test,bench,demo,deploy}/**/*.ts').flatMap((s) => (camelCase.test(s.path) ? [] : s.path)),
      [],
    )
  })
})

describe('the reader of imports', () => {
  test('sees every form of import', () => {
    const text = [
      `import type { A } from './a.ts'`,
      `import {\n  b,\n  c,\n} from './b.ts'`,
      `export * from './c.ts'`,
      `import 'reflect-metadata'`,
      `const d = await import('./d.ts')`,
      `const notOne = "from './e.ts'"`,
    ].join('\n')
    assert.deepEqual(importsOf(text), ['./a.ts', './b.ts', './c.ts', 'reflect-metadata', './d.ts'])
  })

  test('finds a cycle', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', []],
      ['d', ['b']],
    ])
    assert.deepEqual(findCycle(imports), ['b', 'd', 'b'])
    assert.equal(findCycle(new Map([['a', ['b']]])), undefined)
  })
})

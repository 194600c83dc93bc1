import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../bin/millrace', import.meta.url))
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  engines: { node: string }
}
const directory = mkdtempSync(join(tmpdir(), 'millrace-bin-'))
after(() => rmSync(directory, { recursive: true }))

const run = (command: string, args: readonly string[], env: Record<string, string> = {}) =>
  spawnSync(command, args, { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: directory, ...env } })

test('the launcher runs from anywhere, through any links', () => {
  symlinkSync(launcher, join(directory, 'first'))
  symlinkSync('first', join(directory, 'millrace'))
  const { stdout, stderr, status } = run(join(directory, 'millrace'), ['version'])
  assert.match(stdout, /^millrace [0-9.]+ \(node v[0-9.]+\)\n$/)
  assert.deepEqual([stderr, status], ['', 0])
})

test('as a plugin of kubectl it calls itself so, also when found by the PATH', () => {
  const bin = join(directory, 'bin')
  mkdirSync(bin)
  symlinkSync(launcher, join(bin, 'kubectl-millrace'))
  const { stdout } = run('sh', ['-c', 'kubectl-millrace tag --help'], { PATH: `${bin}:${process.env['PATH']}` })
  assert.match(stdout, /^Usage: kubectl millrace tag /)
})

describe('without the Node that npm installs', () => {
  const machine = join(directory, 'machine')
  const least = Number(/^>=(\d+)$/.exec(manifest.engines.node)![1])
  const refusal = (text: string) => [1, '', `millrace: ${text}\n`]
  /** A copy of the launcher, and further files beside it. */
  const copyTo = (name: string, ...files: string[]): string => {
    const root = join(directory, name)
    for (const file of ['bin/millrace', ...files]) mkdirSync(join(root, file, '..'), { recursive: true })
    copyFileSync(launcher, join(root, 'bin/millrace'))
    for (const file of files) writeFileSync(join(root, file), '')
    return root
  }
  /** What it says on a machine whose Node calls itself that, and prints its arguments. */
  const runWith = (root: string, version?: string) => {
    const node = join(machine, 'node')
    rmSync(node, { force: true })
    const text = `[ "$1" = --version ] && echo v${version} && exit\n[ "$1" = -e ] && exit ${Number(parseInt(version!) < least)}`
    if (version) writeFileSync(node, `#!/bin/sh\n${text}\necho "$@"\n`, { mode: 0o755 })
    const { status, stdout, stderr } = run(join(root, 'bin/millrace'), ['version', 'a b'], { PATH: machine })
    return [status, stdout, stderr]
  }
  before(() => {
    mkdirSync(machine)
    for (const program of ['sh', 'dirname', 'readlink'])
      symlinkSync(run('sh', ['-c', `command -v ${program}`]).stdout.trim(), join(machine, program))
  })

  test('it says what works there, where nothing is installed', () => {
    const clone = copyTo('clone', 'package-lock.json')
    assert.deepEqual(runWith(clone, `${least}.0.0`), refusal(`not installed completely: run "npm ci" in ${clone}`))
    for (const name of ['bare', 'node_modules/millrace']) {
      const unpacked = copyTo(name)
      const text = `not installed completely: run "npm install --omit=dev" in ${unpacked}`
      assert.deepEqual(runWith(unpacked, `${least}.0.0`), refusal(text))
    }
  })

  test("the machine's own will do when it is new enough", () => {
    const root = copyTo('image', 'node_modules/commander/package.json')
    const flags = '--max-semi-space-size=8 --no-allocation-site-pretenuring'
    const started = `${flags} ${root}/bin/millrace.js version a b\n`
    assert.deepEqual(runWith(root, `${least}.0.0`), [0, started, ''])
    const old = `needs Node ${least} or newer, and ${machine}/node is v${least - 1}.9.9`
    assert.deepEqual(runWith(root, `${least - 1}.9.9`), refusal(old))
    assert.deepEqual(
      runWith(root),
      refusal(`needs Node ${least} or newer: none is on the PATH, and npm has installed none`),
    )
  })
})

test('a Node that only lies beside is not run', () => {
  const parent = join(directory, 'projects')
  mkdirSync(join(parent, 'node/bin'), { recursive: true })
  writeFileSync(join(parent, 'node/bin/node'), '#!/bin/sh\necho stranger\n', { mode: 0o755 })
  mkdirSync(join(parent, 'millrace/bin'), { recursive: true })
  copyFileSync(launcher, join(parent, 'millrace/bin/millrace'))
  const { stdout, status } = run(join(parent, 'millrace/bin/millrace'), ['version'])
  assert.deepEqual([status, stdout], [1, ''])
})

test('what cannot work is one line on stderr, with a hint after wrong usage', () => {
  const cases: [string[], string][] = [
    [['nope'], "error: unknown command 'nope' (see 'millrace --help')\n"],
    [
      ['describe', 'is', '--kubeconfig=/nowhere'],
      'error: no kubeconfig at /nowhere (--kubeconfig): run "export KUBECONFIG=.millrace/kubeconfig" for a standalone Millrace, or pass --kubeconfig\n',
    ],
    [
      ['describe', 'is', '-s', 'http://127.0.0.1:1'],
      'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?\n',
    ],
    ...['standalone', 'server'].map((command): [string[], string] => [
      [command, '--refresh', '200h'],
      'error: --refresh must be a duration from 5s to 168h, such as 30s or 10m, not "200h"\n',
    ]),
    [['standalone', '--port', 'x'], 'error: --port must be a number from 0 to 65535, not "x"\n'],
    [['standalone', '--log-level=loud'], 'error: --log-level must be debug, info, warn or error, not "loud"\n'],
  ]
  for (const [args, expected] of cases) {
    const { stdout, stderr, status } = run(launcher, args)
    assert.deepEqual([stdout, stderr, status], ['', expected, 1])
  }
})

test('where an error comes from is shown only on request', () => {
  const args = ['describe', 'is', '-s', 'http://127.0.0.1:1']
  assert.match(run(launcher, [...args, '-v', '6']).stderr, /did you specify.*\n.*\n +at .*\n[^]*caused by: /)
  assert.match(run(launcher, args, { MILLRACE_DEBUG: '1' }).stderr, /\n +at /)
})

test('a reader that has seen enough is no error', () => {
  const { stdout, stderr } = run('sh', ['-c', `'${launcher}' --help | head -n 1`])
  assert.deepEqual([stdout, stderr], ['Usage: millrace [command] [flags]\n', ''])
})

test('help loads neither the HTTP client nor the kubeconfig reader', () => {
  const hook = `import{registerHooks}from"node:module";registerHooks({load(u,c,n){process.stderr.write(u+"\\n");return n(u,c)}})`
  const { stderr } = run(launcher, ['--help'], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}`,
  })
  assert.match(stderr, /\/src\/cli\/program\.ts/)
  assert.doesNotMatch(stderr, /client-node|undici|\/yaml\/|\/src\/kube\/|\/src\/app\/standalone/)
})

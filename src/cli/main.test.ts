import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const launcher = fileURLToPath(new URL('../../bin/millrace', import.meta.url))
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

test('without the installed Node it says what to do', () => {
  const root = join(directory, 'clone')
  mkdirSync(join(root, 'bin'), { recursive: true })
  copyFileSync(launcher, join(root, 'bin', 'millrace'))
  const { stderr, status } = run(join(root, 'bin', 'millrace'), ['version'])
  assert.deepEqual([status, stderr], [1, `millrace: not installed completely: run "npm ci" in ${root}\n`])
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

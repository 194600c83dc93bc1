// The package that is shipped: what is in it, and that it runs where Node strips no types.
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { command, type Command } from '../support/commands.ts'
import { install, pack, type Archive, type Package } from '../support/package.ts'
import { execute, launch, temporaryDirectory } from '../support/processes.ts'
import { MILLRACE } from '../support/server.ts'
import { importsOf, ROOT } from '../support/sources.ts'

/** What may lie about in a checkout, and must stay there. */
const LITTER = {
  '.env': 'TOKEN=x\n',
  'dist/stale.js': '',
  'docs/notes.txt': '',
  kubeconfig: 'token: x\n',
  'src/cli/litter.test.ts': '',
}
/** Tells on stderr of each module that is loaded. */
const TELL = `import{registerHooks}from"node:module";registerHooks({load(u,c,n){process.stderr.write(u+"\\n");return n(u,c)}})`

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string
  dependencies: Record<string, string>
  engines: { node: string }
}

describe('the package', () => {
  let archive: Archive
  let installed: Package
  let millrace: Command
  before(async () => {
    archive = await pack(LITTER)
    installed = install(archive)
    millrace = command(installed.program, { cwd: temporaryDirectory() })
  })

  test('holds what is compiled from each file of the source, its documents and the chart, and nothing else', () => {
    const glob = (...patterns: string[]) => globSync(patterns, { cwd: ROOT })
    const code = glob('src/**/*.ts').filter((path) => !/\.(test|fixture|d)\.ts$/.test(path))
    const expected = [
      ...code.map((path) => path.replace(/^src(.*)ts$/, 'dist$1js')),
      ...glob('bin/*', 'docs/**/*.md', 'deploy/helm/**/*.{json,txt,yaml}'),
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'docs/conformance-deviations.json',
      'LICENSE',
      'README.md',
      'package.json',
    ]
    assert.deepEqual(archive.files, expected.toSorted())
  })

  test('has no document that refers to one that it has not', () => {
    const dead = archive.files
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...readFileSync(join(installed.directory, path), 'utf8').matchAll(/\]\(([^)#:\s]+)(#[^)]*)?\)/g)]
          .map(([, link]) => join(path, '..', link!))
          .filter((file) => !existsSync(join(installed.directory, file)))
          .map((file) => `${path}: ${file}`),
      )
    assert.deepEqual(dead, [])
  })

  test('imports only what it brings', () => {
    const wrong = globSync('dist/**/*.js', { cwd: installed.directory }).flatMap((path) =>
      importsOf(readFileSync(join(installed.directory, path), 'utf8'))
        .filter((specifier) => !specifier.startsWith('node:'))
        .filter((specifier) =>
          specifier.startsWith('.')
            ? !archive.files.includes(join(path, '..', specifier))
            : !Object.keys(manifest.dependencies).some((name) => `${specifier}/`.startsWith(`${name}/`)),
        )
        .map((specifier) => `${path}: ${specifier}`),
    )
    assert.deepEqual(wrong, [])
  })

  test('runs what is compiled, with nothing from the checkout', async () => {
    const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(TELL)}` }
    const { stdout, stderr } = await millrace.under(env).try('install', '--image=i', '--print')
    assert.match(stdout, /^kind: Deployment$/m)
    const loaded = stderr.match(/^file:.*$/gm) ?? []
    const homes = [installed.directory, archive.modules].map((path) => `${pathToFileURL(realpathSync(path)).href}/`)
    for (const home of homes)
      assert.ok(
        loaded.some((url) => url.startsWith(home)),
        home,
      )
    const strange = loaded.filter((url) => !homes.some((home) => url.startsWith(home)))
    assert.deepEqual(strange, [])
  })

  test('installs as the checkout does, and says the same of itself', async () => {
    for (const line of [['install', '--image=i', '--print'], ['install', '--help'], ['--help'], ['version']])
      assert.equal(await millrace.run(...line), await command(MILLRACE).run(...line))
  })

  test('says where an error comes from', async () => {
    const { stderr } = await millrace.under({ MILLRACE_DEBUG: '1' }).fail('get', 'is', '-s', 'http://127.0.0.1:1')
    assert.match(stderr, /\n +at .*\/millrace\/dist\/kube\/\w+\.js:\d+:\d+/)
  })

  test('says its own version, and knows its commands', async () => {
    assert.match(await millrace.run('version'), new RegExp(manifest.version.replaceAll('.', '\\.')))
    assert.match(await millrace.run('--help'), /^ {2}standalone /m)
    const other = install(archive, { version: '9.8.7' })
    assert.match(await command(other.program).run('version'), /9\.8\.7/)
    assert.match(await command(other.program).run('install', '--image=i', '--print'), /version: 9\.8\.7/)
  })

  test('runs standalone', async () => {
    const data = temporaryDirectory()
    const server = launch(installed.program, ['standalone', '--port=0', '--data-dir', data])
    await server.printed(/Millrace is ready/, 30_000)
    const env = { ...process.env, KUBECONFIG: join(data, 'kubeconfig'), HOME: data }
    assert.match(await command(installed.program, { env, cwd: data }).run('create', 'is', 'web'), /web created/)
    assert.match(await command('kubectl', { env, cwd: data }).run('get', 'is'), /^web /m)
    assert.equal(await server.stop(), 0)
    assert.doesNotMatch(server.stderr(), /ExperimentalWarning|at file:/)
  })

  test('runs on the Node of the machine where it brings none, and says when that is too old', async () => {
    const program = install(archive, { inImage: true }).program
    const hoisted = install(archive, { withoutNode: true }).program
    const bin = temporaryDirectory()
    const env = { PATH: `${bin}:/usr/bin:/bin` }
    const node = join(bin, 'node')
    symlinkSync(process.execPath, node)
    for (const each of [program, hoisted]) assert.equal((await execute(each, ['version'], { env })).code, 0)
    rmSync(node)
    writeFileSync(node, '#!/bin/sh\n[ "$1" = --version ] && echo v20.1.0\nexit 1\n', { mode: 0o755 })
    const { stderr, code } = await execute(program, ['version'], { env })
    const needed = /^>=(\d+)$/.exec(manifest.engines.node)?.[1]
    assert.match(stderr, new RegExp(`^millrace: needs Node ${needed} or newer, and .*/node is v20\\.1\\.0$`, 'm'))
    assert.equal(code, 1)
  })
})

// What the README shows is what happens: its commands are run, in order, and print what it says they print.
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { command } from '../support/commands.ts'
import { eventually } from '../support/eventually.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import { ROOT } from '../support/sources.ts'
import { MILLRACE, type Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'
import { codeBlocks, matches, steps } from '../support/walkthrough.ts'

/** The registry of the README; the test has one of its own. */
const REGISTRY = '127.0.0.1:5000'

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
const story = readme.slice(readme.indexOf('## The story'), readme.indexOf('## On any workload'))

inEachWorld((world) => {
  let registry: TestRegistry
  let server: Server
  before(async () => {
    ;[registry, server] = await Promise.all([startRegistry(), world.start()])
    for (const name of ['8.0-122', '8.0-154']) {
      await pushImage(registry.host, 'flozanorht/base', name, {
        files: { [`root/buildinfo/Dockerfile-ubi8-${name}`]: 'FROM scratch\n' },
      })
    }
    const [myapp = ''] = codeBlocks(story, 'yaml')
    writeFileSync(join(server.directory, 'myapp.yaml'), here(myapp))
  })
  after(() => Promise.all([registry?.stop(), server?.stop()]))

  const here = (text: string) => text.replaceAll(REGISTRY, registry.host)

  describe('the story of the README', () => {
    const all = codeBlocks(story, 'console').flatMap(steps)
    assert.ok(all.length > 10, 'the README has lost its story')
    for (const { command: line, output } of all) {
      test(`$ ${line}`, async () => {
        const path = `${join(MILLRACE, '..')}:${process.env['PATH']}`
        const env = { ...process.env, PATH: path, KUBECONFIG: server.kubeconfig, HOME: server.directory }
        const shell = command('sh', { env, cwd: server.directory }, ['-c'])
        const show = line.startsWith('kubectl get')
        // A reader takes a moment before looking; commands that only look may be repeated instead.
        await eventually(
          async () => {
            const actual = (await shell.run(here(line))).replaceAll(registry.host, REGISTRY)
            assert.ok(matches(output, actual), `the README shows\n${output}\nand it printed\n${actual}`)
          },
          { timeout: show ? 10_000 : 0 },
        )
      })
    }
  })

  test('npm start prints what the README shows', { skip: world.lacks('sandbox') }, () => {
    const shown = codeBlocks(readme, 'console').find((block) => block.includes('Millrace is ready'))!
    const output = steps(shown)[0]?.output ?? ''
    const actual = server
      .output()
      .replaceAll(server.url, 'https://127.0.0.1:8443')
      .replaceAll(server.kubeconfig, '/home/you/millrace/.millrace/kubeconfig')
      .replaceAll(MILLRACE, 'bin/millrace')
    assert.ok(matches(`…\n${output}`, actual), actual)
  })
})

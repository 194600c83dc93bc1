// Projects: the same commands by a real `oc` on one server and by `millrace` on another, each with a kubeconfig of its own. They
// must print the same, end the same, and leave the same kubeconfig behind. Runs where OC names the program.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { parse } from 'yaml'
import { comparable, changed, ocFor, skipWithoutOc as skip } from '../support/oc.ts'
import type { Command } from '../support/commands.ts'
import { resident } from '../support/resident.ts'
import type { Server } from '../support/server.ts'
import { inBothWorlds } from '../support/worlds.ts'

/** One line is one command line; `_` stands for a space inside an argument, CONTEXT for the one that a kubeconfig begins with. */
const COMMANDS = `
project
project -q
projects
projects -q
project nosuch
project default
project default
new-project
new-project a b
new-project x
new-project Upper
new-project kube-mine
new-project openshift
new-project first
new-project first
project
project --short
projects
new-project second --display-name=The_Second --description=is_not_the_first
projects
projects --short
new-project third --skip-config-write
new-project third --skip-config-write
new-project fourth --display-name=fourth
project first
project first
project second -q
project millrace
project
project a b
projects a
project nosuch
project --context=CONTEXT
project third --context=CONTEXT
project -n second
`
  .trim()
  .split('\n')

interface Named {
  name: string
}

/** A kubeconfig as what it says: the order of entries says nothing, and certificates differ. */
function contentOf({ kubeconfig, url }: Server): unknown {
  const { clusters, users, contexts, ...rest } = parse(
    withoutPort(readFileSync(kubeconfig, 'utf8'), url),
    (key, value) => (String(key).endsWith('-data') ? 'DATA' : value),
  ) as Record<string, Named[]>
  delete rest['preferences']
  const sorted = (list: Named[] = []): Named[] => list.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return { ...rest, clusters: sorted(clusters), users: sorted(users), contexts: sorted(contexts) }
}

const withoutPort = (text: string, url: string): string => text.replaceAll(new URL(url).port, 'PORT')

inBothWorlds((world) => {
  describe('oc and millrace on projects', { skip }, () => {
    let theirs: Server
    let ours: Server
    /** In a cluster in this process: a start of Node for every line takes more than all the rest. */
    let millrace: Pick<Command, 'try'>
    let context: string
    before(async () => {
      ;[theirs, ours] = await Promise.all([world.start(), world.start()])
      millrace = world.lacks('sandbox') ? resident(ours) : ours.millrace
      context = (await ours.kubectl.run('config', 'current-context')).trim()
      if (!world.lacks('projects')) return
      for (const { kubectl } of [theirs, ours])
        for (const name of ['first', 'second', 'third', 'fourth']) await kubectl.run('create', 'namespace', name)
    })
    after(() => Promise.all([theirs?.stop(), ours?.stop()]))

    const run = async (program: Pick<Command, 'try'>, line: string, { url }: Server) => {
      const args = line.split(' ').map((arg) => arg.replaceAll('_', ' ').replace('CONTEXT', context))
      return changed(await program.try(...args), (text) => alike(withoutPort(comparable(text), url)))
    }

    // Where projects are plain namespaces, oc makes none.
    const lines = world.lacks('projects') ? COMMANDS.filter((line) => !line.startsWith('new-project')) : COMMANDS
    for (const [i, line] of lines.entries()) {
      test(`${i + 1}: ${line}`, async () => {
        const [expected, found] = [await run(ocFor(theirs), line, theirs), await run(millrace, line, ours)]
        assert.deepEqual(found, expected)
        assert.deepEqual(contentOf(ours), contentOf(theirs))
      })
    }
  })
})

/** Where a program speaks of itself (docs/cli.md): oc's list of projects leaves its name out, and its advice is about builds. */
function alike(text: string): string {
  return text
    .replace("' project <projectname>'", "'millrace project <projectname>'")
    .replace(/^ {4}oc project /m, '    millrace project ')
    .replace(/\nYou can (add applications|import images) [^]*$/, '\nADVICE\n')
}

// Projects: the same commands by a real `oc` on one server and by `millrace` on another, each with a kubeconfig of its own. They
// must print the same, end the same, and leave the same kubeconfig behind. Runs where OC names the program.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { parse } from 'yaml'
import { comparable, changed, ocFor, skipWithoutOc as skip } from '../support/oc.ts'
import type { Command } from '../support/commands.ts'
import { startStandalone, type Standalone } from '../support/standalone.ts'

/** One line is one command line; `_` stands for a space inside an argument. */
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
project --context=millrace
project third --context=millrace
project -n second
`
  .trim()
  .split('\n')

interface Named {
  name: string
}

/** A kubeconfig as what it says: the order of entries says nothing. */
function contentOf({ kubeconfig, url }: Standalone): unknown {
  const text = withoutPort(readFileSync(kubeconfig, 'utf8'), url).replace(/-data: .*/g, '-data: DATA')
  const { clusters, users, contexts, ...rest } = parse(text) as Record<string, Named[]>
  delete rest['preferences']
  const sorted = (list: Named[] = []): Named[] => list.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return { ...rest, clusters: sorted(clusters), users: sorted(users), contexts: sorted(contexts) }
}

const withoutPort = (text: string, url: string): string => text.replaceAll(new URL(url).port, 'PORT')

describe('oc and millrace on projects', { skip }, () => {
  let theirs: Standalone
  let ours: Standalone
  before(async () => {
    ;[theirs, ours] = await Promise.all([startStandalone(), startStandalone()])
  })
  after(() => Promise.all([theirs?.stop(), ours?.stop()]))

  const run = async (program: Command, line: string, { url }: Standalone) => {
    const args = line.split(' ').map((arg) => arg.replaceAll('_', ' '))
    return changed(await program.try(...args), (text) => alike(withoutPort(comparable(text), url)))
  }

  for (const [i, line] of COMMANDS.entries()) {
    test(`${i + 1}: ${line}`, async () => {
      const [expected, found] = [await run(ocFor(theirs), line, theirs), await run(ours.millrace, line, ours)]
      assert.deepEqual(found, expected)
      assert.deepEqual(contentOf(ours), contentOf(theirs))
    })
  }
})

/** Where a program speaks of itself (docs/cli.md): oc's list of projects leaves its name out, and its advice is about builds. */
function alike(text: string): string {
  return text
    .replace("' project <projectname>'", "'millrace project <projectname>'")
    .replace(/^ {4}oc project /m, '    millrace project ')
    .replace(/\nYou can (add applications|import images) [^]*$/, '\nADVICE\n')
}

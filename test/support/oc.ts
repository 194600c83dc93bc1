// A real `oc` beside `millrace`: where it is, and what of two outputs may differ.
import { existsSync } from 'node:fs'
import { command, type Command } from './commands.ts'
import type { Outcome } from './processes.ts'
import type { Server } from './server.ts'

const OC = process.env['OC']

/** Why comparisons are skipped, or false. */
export const skipWithoutOc = OC && existsSync(OC) ? false : 'OC does not name an oc'

/** The `oc` that OC names, against a server. */
export function ocFor({ kubeconfig, directory }: Server): Command {
  return command(OC!, { env: { ...process.env, KUBECONFIG: kubeconfig, HOME: directory } })
}

/** A text without what differs from run to run: ages, times, versions and identities. */
export function comparable(text: string): string {
  return (
    text
      .replace(/(less than a second|1 second|\d+ seconds|about a minute|\d+ minutes) ago/gi, 'AGE ago')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
      .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID')
      .replace(/(resourceVersion"?: )"\d+"/g, '$1"VERSION"')
      // What millrace adds on purpose (docs/cli.md): what to do about a failure, and what was not changed.
      .replace(/^hint: .*\n|^info: .* was not changed\n/gm, '')
      // Likewise: when scheduled tags are checked.
      .replace(/^ {4}(not checked yet|checked AGE ago).*, for a freshness of .*\n( {4}(delayed|failing) \(.*\n)*/gm, '')
      // Each says its own name, and where its own help is.
      .replaceAll("'oc get ", "'millrace get ")
      .replace(/\nSee 'oc [a-z -]+ -h' for help and examples| \(see 'millrace [a-z -]+ --help'\)/g, '')
      // Padding depends on the width of the age.
      .replace(/ +$/gm, '')
      .replace(/AGE ago +/g, 'AGE ago ')
  )
}

/** An outcome whose texts went through `change`. */
export function changed({ code, stdout, stderr }: Outcome, change: (text: string) => string) {
  return { code, stdout: change(stdout), stderr: change(stderr) }
}

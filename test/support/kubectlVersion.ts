// Which kubectl the tests run: a distribution's may be years older than what a test is about.
import { execFileSync } from 'node:child_process'

let found: number | undefined

/** Minor version of the kubectl on the PATH: 32 for 1.32. */
function kubectlMinor(): number {
  if (found === undefined) {
    const text = execFileSync('kubectl', ['version', '--client', '-o', 'json'], { encoding: 'utf8' })
    const { clientVersion } = JSON.parse(text) as { clientVersion: { minor: string } }
    found = Number.parseInt(clientVersion.minor)
  }
  return found
}

/** Why a test or a suite cannot run with this kubectl, for its `skip`; false when it can. `what`: what 1.`since` brought. */
export function needsKubectl(since: number, what: string): string | false {
  const minor = kubectlMinor()
  return minor < since && `kubectl 1.${minor} does not yet ${what}; 1.${since} does`
}

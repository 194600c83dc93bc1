// The real parts that tests talk to: where a machine gets them, and how they are installed where that can be done quietly.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Part {
  program: string
  /** Debian package that holds the program. */
  debian: string
  /** How anyone else gets it. */
  source: string
}

/** Programs that the end-to-end tests and the tests of the registry client run. */
export const PARTS: readonly Part[] = [
  { program: 'skopeo', debian: 'skopeo', source: 'https://github.com/containers/skopeo/blob/main/install.md' },
  {
    program: 'docker-registry',
    debian: 'docker-registry',
    source: 'https://github.com/distribution/distribution (v2)',
  },
  { program: 'kubectl', debian: 'kubernetes-client', source: 'https://kubernetes.io/docs/tasks/tools/' },
]

/** Makes sure that every part is there. Throws an Error that names what is missing and how to get it. */
export function prepareParts(say: (line: string) => void, parts = PARTS, mayInstall = isRootOnDebian()): void {
  const missing = parts.filter((part) => !onPath(part.program))
  if (missing.length === 0) return
  const packages = missing.map((part) => part.debian)
  if (mayInstall) {
    say(`installing ${packages.join(', ')} from Debian`)
    install(packages)
  }
  const left = missing.filter((part) => !onPath(part.program))
  if (left.length > 0) {
    const lines = left.map((p) => `  ${p.program}: Debian package ${p.debian}, or ${p.source}`)
    throw new Error(
      `these programs are needed on the PATH and are missing:\n${lines.join('\n')}\n` +
        `On Debian: apt-get install ${left.map((p) => p.debian).join(' ')} (as root, npm test does it itself)`,
    )
  }
}

function onPath(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0
}

function isRootOnDebian(): boolean {
  try {
    return process.getuid?.() === 0 && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

function install(packages: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = (...args: string[]) => execFileSync('apt-get', ['-qq', ...args], { env, stdio: 'pipe', encoding: 'utf8' })
  const get = () => apt('install', '-y', '--no-install-recommends', ...packages)
  try {
    get()
  } catch {
    // The package lists of a fresh machine are missing or old.
    try {
      apt('update')
      get()
    } catch (error) {
      const stderr = (error as { stderr?: string }).stderr ?? String(error)
      throw new Error(`apt-get could not install ${packages.join(', ')}:\n${stderr.trim()}`, { cause: error })
    }
  }
}

// The package as a user gets it: packed, unpacked below node_modules, with production dependencies only.
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { execute, temporaryDirectory } from './processes.ts'

const ROOT = join(import.meta.dirname, '../..')

/** A package that is installed. */
export interface Package {
  /** Where it lies. */
  readonly directory: string
  /** Its program. */
  readonly program: string
  /** What the archive holds, relative to the package. */
  readonly files: readonly string[]
}

/** What `npm pack` makes. */
export interface Archive {
  /** Path of the file. */
  archive: string
  /** What it holds, relative to the package. */
  files: string[]
  /** A node_modules with its production dependencies alone, for Node looks where a link leads: nothing comes from the checkout. */
  modules: string
}

/** What a checkout has besides its files. */
const NOT_COPIED = ['.git', '.millrace', 'dist', 'node_modules']

/**
 * Packs a copy of the checkout: test files that run at the same time must not build into the same `dist`. Takes some seconds, for
 * TypeScript is compiled. `litter`: further files of the copy, by path, such as those that must not be packed.
 */
export async function pack(litter: Readonly<Record<string, string>> = {}): Promise<Archive> {
  const to = temporaryDirectory('package')
  const cwd = join(to, 'checkout')
  for (const name of readdirSync(ROOT))
    if (!NOT_COPIED.includes(name)) cpSync(join(ROOT, name), join(cwd, name), { recursive: true })
  for (const [path, text] of Object.entries(litter)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true })
    writeFileSync(join(cwd, path), text)
  }
  symlinkSync(join(ROOT, 'node_modules'), join(cwd, 'node_modules'))
  const { stdout, stderr, code } = await execute('npm', ['pack', '--silent', '--pack-destination', to], { cwd })
  if (code !== 0) throw new Error(`npm pack failed:\n${stdout}${stderr}`)
  const archive = join(to, stdout.trim().split('\n').at(-1)!)
  const names = execFileSync('tar', ['-tzf', archive], { encoding: 'utf8' }).trim().split('\n')
  copyDependencies(join(to, 'dependencies'))
  const files = names.map((name) => name.replace(/^package\//, '')).toSorted()
  return { archive, files, modules: join(to, 'dependencies/node_modules') }
}

/** How an archive is installed. */
export interface InstallOptions {
  /** Instead of its own. */
  version?: string
  /** As in a container image: dependencies inside of the package, and no Node among them. */
  inImage?: boolean
  /** As where install scripts are not run: without the program of the npm package "node". */
  withoutNode?: boolean
}

/** Installs an archive as a global `npm install` would, without asking a registry. */
export function install(
  { archive, files, modules: from }: Archive,
  { version, inImage = false, withoutNode = inImage }: InstallOptions = {},
): Package {
  const base = temporaryDirectory('installed')
  const directory = join(base, 'node_modules/millrace')
  mkdirSync(directory, { recursive: true })
  execFileSync('tar', ['-xzf', archive, '-C', directory, '--strip-components=1'])
  const modules = join(inImage ? directory : base, 'node_modules')
  for (const name of packagesIn(from)) {
    if (withoutNode && name === 'node') continue
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(from, name), join(modules, name))
  }
  if (version !== undefined) {
    const file = join(directory, 'package.json')
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), version }))
  }
  return { directory, program: join(directory, 'bin/millrace'), files }
}

/** Names of the packages that lie in a node_modules itself. */
const packagesIn = (modules: string): string[] =>
  readdirSync(modules).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  )

/** What is not for development, by package-lock.json, from the checkout into a directory. */
function copyDependencies(to: string): void {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; hasInstallScript?: boolean }>
  }
  for (const [path, { dev, hasInstallScript }] of Object.entries(packages)) {
    if (path === '' || dev) continue
    mkdirSync(dirname(join(to, path)), { recursive: true })
    // The program of Node is 120 MB, and no module.
    if (hasInstallScript) symlinkSync(join(ROOT, path), join(to, path))
    else copyPackage(join(ROOT, path), join(to, path))
  }
}

/** Files of a package without the packages in it, which are listed themselves, and without what nothing reads at run time. */
function copyPackage(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true, recursive: true })) {
    const path = relative(from, join(entry.parentPath, entry.name))
    if (!entry.isFile() || path.startsWith('node_modules/') || /\.(d\.[cm]?ts|map|md)$/.test(path)) continue
    mkdirSync(dirname(join(to, path)), { recursive: true })
    try {
      linkSync(join(from, path), join(to, path))
    } catch {
      // Another file system.
      copyFileSync(join(from, path), join(to, path))
    }
  }
}

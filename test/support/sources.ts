// The project's source files and what they import, read from their text.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

export interface Source {
  /** Path from the project's root, with forward slashes. */
  path: string
  text: string
  lines: number
  isTest: boolean
  /** Imported files of the project, as paths like `path`. */
  files: string[]
  /** Imported packages and `node:` modules, without subpaths: `typebox`, `@peculiar/x509`, `node:crypto`. */
  packages: string[]
}

/** All TypeScript files that match the patterns. */
export function readSources(...patterns: string[]): Source[] {
  return globSync(patterns, { cwd: ROOT }).sort().map(readSource)
}

function readSource(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8')
  const specifiers = importsOf(text)
  return {
    path,
    text,
    lines: text.trimEnd().split('\n').length,
    isTest: path.endsWith('.test.ts'),
    files: specifiers.filter((s) => s.startsWith('.')).map((s) => relative(ROOT, join(ROOT, dirname(path), s))),
    packages: specifiers.filter((s) => !s.startsWith('.')).map(packageOf),
  }
}

/** The specifiers of all static and dynamic imports and re-exports in a file's text, types included. */
export function importsOf(text: string): string[] {
  const statement = /^\s*(?:import|export)\b[^'"`;]*?from\s*'([^']+)'/gm
  const bare = /^\s*import\s*'([^']+)'/gm
  const dynamic = /\bimport\(\s*'([^']+)'\s*\)/g
  return [...new Set([statement, bare, dynamic].flatMap((re) => [...text.matchAll(re)].map((m) => m[1]!)))]
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  const parts = specifier.split('/')
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
}

/** A cycle among the files, as the paths along it, or undefined when there is none. */
export function findCycle(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const walk = (node: string, trail: string[]): string[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node]
    if (done.has(node)) return undefined
    for (const next of imports.get(node) ?? []) {
      const cycle = walk(next, [...trail, node])
      if (cycle) return cycle
    }
    done.add(node)
    return undefined
  }
  for (const node of imports.keys()) {
    const cycle = walk(node, [])
    if (cycle) return cycle
  }
  return undefined
}

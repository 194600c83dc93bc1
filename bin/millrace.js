// What bin/millrace runs. Plain JavaScript: in a checkout all TypeScript then comes from the compile cache, and Node need not load
// what strips types, which costs 15 MB and a tenth of a second. Where the cache cannot be written, nothing else is lost.
import { existsSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

// Ours alone: a directory below the system's temporary one could be laid out by somebody else.
enableCompileCache(path('../node_modules/.cache/millrace'))

// A package has no source, and a checkout may have a build of long ago.
await import(existsSync(path('../src')) ? '../src/cli/main.ts' : '../dist/cli/main.js')

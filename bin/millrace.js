// What bin/millrace runs. Plain JavaScript: all TypeScript then comes from the compile cache, and Node need not load what strips
// types, which costs 15 MB and a tenth of a second. Where the cache cannot be written, nothing else is lost.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

// Ours alone: a directory below the system's temporary one could be laid out by somebody else.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/millrace', import.meta.url)))

await import('../src/cli/main.ts')

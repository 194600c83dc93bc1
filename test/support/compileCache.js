// What each process of a test file loads first: then all TypeScript comes from the compile cache, as in bin/millrace.js, whose cache
// it is. That is a sixth of the processor time of unit tests.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/millrace', import.meta.url)))

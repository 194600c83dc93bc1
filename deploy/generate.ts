// `npm run generate`: writes what is made from the source. A test fails while it is not current.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generated } from './generated.ts'

const ROOT = join(import.meta.dirname, '..')

rmSync(join(ROOT, 'deploy/helm'), { recursive: true, force: true })
for (const [path, text] of generated()) {
  const file = join(ROOT, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

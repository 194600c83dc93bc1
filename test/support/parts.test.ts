import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { prepareParts } from './parts.ts'
import { temporaryDirectory } from './processes.ts'

const PART = { program: 'millrace-part', debian: 'part-package', source: 'https://example.com/part' }
const PATH = process.env['PATH']

let bin: string
const said: string[] = []
const prepare = (mayInstall: boolean) => prepareParts((line) => said.push(line), [PART], mayInstall)
const script = (name: string, text: string) => writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
/** An apt-get that notes its arguments and can install only after an update, unless `ready`. */
const aptGet = (ready: boolean) =>
  script(
    'apt-get',
    `echo "$@" >> ${bin}/log
     case "$*" in
     *update*) touch ${bin}/updated ;;
     *install*) ${ready ? 'true' : `test -e ${bin}/updated || { echo no such package >&2; exit 100; }`}
       printf '#!/bin/sh\\n' > ${bin}/millrace-part; chmod +x ${bin}/millrace-part ;;
     esac`,
  )
const log = () => readFileSync(join(bin, 'log'), 'utf8').trim().split('\n')

beforeEach(() => {
  bin = temporaryDirectory('bin')
  process.env['PATH'] = `${bin}:${PATH}`
  said.length = 0
})
afterEach(() => {
  process.env['PATH'] = PATH
})

describe('preparing the parts', () => {
  test('does nothing when all are there', () => {
    script('millrace-part', '')
    aptGet(true)
    prepare(true)
    assert.deepEqual(said, [])
    assert.ok(!existsSync(join(bin, 'log')))
  })

  test('installs what is missing, without an update where that works', () => {
    aptGet(true)
    prepare(true)
    assert.deepEqual(said, ['installing part-package from Debian'])
    assert.deepEqual(log(), ['-qq install -y --no-install-recommends part-package'])
  })

  test('updates the package lists only when the package is not found', () => {
    aptGet(false)
    prepare(true)
    assert.deepEqual(
      log().map((line) => line.split(' ')[1]),
      ['install', 'update', 'install'],
    )
  })

  test('says what apt-get said when that does not help', () => {
    script('apt-get', 'echo the mirror is gone >&2; exit 100')
    assert.throws(() => prepare(true), /could not install part-package:\nthe mirror is gone/)
  })

  test('names what is missing and how to get it where it may not install', () => {
    aptGet(true)
    assert.throws(() => prepare(false), /millrace-part: Debian package part-package, or https:\/\/example\.com\/part/)
    assert.ok(!existsSync(join(bin, 'log')))
  })
})

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { banner, shellWord } from './banner.ts'

const root = resolve(import.meta.dirname, '../..')
const server = { url: 'https://127.0.0.1:8443', kubeconfig: '/tmp/my data/kubeconfig' }

describe('banner', () => {
  it('says where it listens, how to reach it and what to try', () => {
    const text = banner(server, root)
    assert.match(text, /https:\/\/127\.0\.0\.1:8443/)
    assert.match(text, /^ {2}export KUBECONFIG='\/tmp\/my data\/kubeconfig'$/m)
    assert.match(text, /^ {2}bin\/millrace import-image /m)
    assert.equal(text.match(/^ {2}(kubectl|bin\/millrace) /gm)?.length, 3)
  })

  it('names the program by its path when it is elsewhere', () => {
    assert.ok(banner(server, '/').includes(`${shellWord(`${root.slice(1)}/bin/millrace`)} import-image`))
    assert.ok(banner(server, '/usr/share').includes(`${shellWord(`${root}/bin/millrace`)} import-image`))
  })

  for (const word of ['plain/path-1.2', 'with space', "it's", '$HOME', 'a;b', '']) {
    it(`quotes ${JSON.stringify(word)} for the shell`, () => {
      assert.equal(String(execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`])), word)
    })
  }
})

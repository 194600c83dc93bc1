import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { createLog, parseLevel } from './log.ts'

function sink(isTTY: boolean) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY })
  return { stream, text: () => String(stream.read() ?? '') }
}

describe('log', () => {
  it('writes JSON lines where nobody looks', () => {
    const { stream, text } = sink(false)
    createLog({ level: 'info', stream }).warn({ stream: 'ns/ubi', count: 2 }, 'import failed')
    const { time, ...line } = JSON.parse(text()) as Record<string, unknown>
    assert.deepEqual(line, { level: 'warn', stream: 'ns/ubi', count: 2, msg: 'import failed' })
    assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/)
  })

  it('writes lines for people on a terminal', () => {
    const { stream, text } = sink(true)
    createLog({ level: 'info', stream }).info({ port: 8443, hosts: ['a'] }, 'listening')
    assert.match(text(), /^\d\d:\d\d:\d\d INFO {2}listening port=8443 hosts=\["a"\]\n$/)
  })

  it('shows the stack of an error, and only that of an error', () => {
    const { stream, text } = sink(true)
    const log = createLog({ level: 'info', stream })
    log.error({ err: new Error('broken pipe') }, 'request failed')
    assert.match(text(), /^.* ERROR request failed error=broken pipe\n +at .*log\.test\.ts/)
    log.warn({ err: new Error('broken pipe') }, 'request failed')
    assert.match(text(), /^.* WARN {2}request failed error=broken pipe\n$/)
  })

  it('leaves out what lies below its level', () => {
    const { stream, text } = sink(false)
    const log = createLog({ level: 'warn', stream })
    log.info({}, 'no')
    log.debug({}, 'no')
    assert.equal(text(), '')
  })

  it('hides what is named like a credential', () => {
    const { stream, text } = sink(false)
    const log = createLog({ level: 'info', stream })
    log.info({ token: 'hush', headers: { authorization: 'hush' }, user: { password: 'hush' } }, 'asked')
    assert.doesNotMatch(text(), /hush/)
  })

  for (const [text, level] of [
    ['debug', 'debug'],
    ['WARN', 'warn'],
    ['verbose', undefined],
    ['', undefined],
  ] as const) {
    it(`knows the level ${JSON.stringify(text)} as ${level}`, () => assert.equal(parseLevel(text), level))
  }
})

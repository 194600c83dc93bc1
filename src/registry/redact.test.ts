import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redacted } from './redact.ts'

const PASSWORD = 'p "4/ö%'
const BASIC = Buffer.from(`me:${PASSWORD}`).toString('base64')

const texts: [string, string, string | undefined, string][] = [
  ['nothing was sent', 'me:abcd', undefined, 'me:abcd'],
  ['a password', `no ${PASSWORD}!`, `Basic ${BASIC}`, 'no [redacted]!'],
  ['a pair', `no me:${PASSWORD}!`, `Basic ${BASIC}`, 'no [redacted]!'],
  ['a header', `no Basic ${BASIC}!`, `Basic ${BASIC}`, 'no Basic [redacted]!'],
  ['JSON', JSON.stringify({ sent: PASSWORD }), `basic ${BASIC}`, '{"sent":"[redacted]"}'],
  ['a URL', `?p=${encodeURIComponent(PASSWORD)}&q`, `Basic ${BASIC}`, '?p=[redacted]&q'],
  ['base64 of the password', Buffer.from(PASSWORD).toString('base64'), `Basic ${BASIC}`, '[redacted]'],
  ['a token', 'no eyJ.a-b_c, no', 'Bearer eyJ.a-b_c', 'no [redacted], no'],
  ['the name of the user', 'who is me?', `Basic ${BASIC}`, 'who is me?'],
  ['a password that is hardly one', 'a banana', `Basic ${btoa('me:a')}`, 'a banana'],
]
for (const [name, text, authorization, expected] of texts) {
  test(`redacted: ${name}`, () => assert.equal(redacted(text, authorization), expected))
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signed } from './sigV4.ts'

// The keys and the time of AWS's test suite and of the examples in its documentation.
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const TIME = new Date('2015-08-30T12:36:00Z')
const FORM = 'application/x-www-form-urlencoded'
const EXAMPLE = 'https://example.amazonaws.com'

interface Vector {
  method?: string
  url: string
  headers?: Record<string, string>
  body?: string
  service?: string
  names: string
  signature: string
}

// https://docs.aws.amazon.com/general/latest/gr/signature-v4-test-suite.html
const vectors: Record<string, Vector> = {
  'get-vanilla': {
    url: `${EXAMPLE}/`,
    names: 'host;x-amz-date',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  'get-vanilla-query-order-key-case': {
    url: `${EXAMPLE}/?Param2=value2&Param1=value1`,
    names: 'host;x-amz-date',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  'post-vanilla': {
    method: 'POST',
    url: `${EXAMPLE}/`,
    names: 'host;x-amz-date',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  'post-x-www-form-urlencoded': {
    method: 'POST',
    url: `${EXAMPLE}/`,
    headers: { 'Content-Type': FORM },
    body: 'Param1=value1',
    names: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  // https://docs.aws.amazon.com/general/latest/gr/sigv4-signed-request-examples.html
  'ListUsers of IAM': {
    url: 'https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08',
    headers: { 'Content-Type': `${FORM}; charset=utf-8` },
    service: 'iam',
    names: 'content-type;host;x-amz-date',
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
}

for (const [name, vector] of Object.entries(vectors)) {
  test(`signs as AWS does: ${name}`, () => {
    const { method = 'GET', url, headers = {}, body = '', service = 'service', names, signature } = vector
    const { authorization } = signed({ method, url: new URL(url), headers, body }, KEYS, {
      service,
      region: 'us-east-1',
      time: TIME,
    })
    const scope = `AKIDEXAMPLE/20150830/us-east-1/${service}/aws4_request`
    assert.equal(authorization, `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=${names}, Signature=${signature}`)
  })
}

test('the token of temporary keys is sent, and signed', () => {
  const request = { method: 'POST', url: new URL(EXAMPLE), headers: {}, body: '' }
  const scope = { service: 'service', region: 'us-east-1', time: TIME }
  const headers = signed(request, { ...KEYS, sessionToken: 'token' }, scope)
  assert.equal(headers['x-amz-security-token'], 'token')
  assert.match(headers['authorization']!, /SignedHeaders=host;x-amz-date;x-amz-security-token,/)
  assert.notEqual(headers['authorization'], signed(request, { ...KEYS, sessionToken: 'other' }, scope)['authorization'])
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { proxiesOf, proxyFor, ProxyVariableError } from './proxyChoice.ts'

const PROXY = 'http://proxy.test:3128/'

describe('without a proxy are reached', () => {
  const table: [noProxy: string[], url: string, direct: boolean][] = [
    [[], 'https://quay.io', false],
    [[], 'http://localhost', true],
    [[], 'https://127.8.0.1:5000', true],
    [[], 'https://[::1]', true],
    [[], 'https://10.0.0.1', false],
    [['*'], 'https://quay.io', true],
    [['quay.io'], 'https://quay.io', true],
    [['quay.io'], 'https://quay.io.', true],
    [['quay.io'], 'https://cdn.quay.io', true],
    [['quay.io'], 'https://notquay.io', false],
    [['.quay.io'], 'https://quay.io', false],
    [['.quay.io'], 'https://cdn.quay.io', true],
    [['*.quay.io'], 'https://cdn.quay.io', true],
    [['Quay.IO '], 'https://quay.io', true],
    [['quay.io:5000'], 'https://quay.io', false],
    [['quay.io:5000'], 'https://quay.io:5000', true],
    [['quay.io:443'], 'https://quay.io', true],
    [['quay.io:80'], 'http://quay.io', true],
    [['10.0.0.0/8'], 'https://10.1.2.3', true],
    [['10.0.0.0/8'], 'https://11.1.2.3', false],
    [['10.0.0.0/8'], 'https://ten.test', false],
    [['10.1.2.3'], 'https://10.1.2.3:5000', true],
    [['10.1.2.3:5000'], 'https://10.1.2.3:5000', true],
    [['10.1.2.3:5000'], 'https://10.1.2.3:5001', false],
    [['fd00::/8'], 'https://[fd00::1]', true],
    [['[fd00::1]:5000'], 'https://[fd00::1]:5000', true],
    [['a.test', 'b.test'], 'https://b.test', true],
  ]
  for (const [noProxy, url, direct] of table)
    test(`${url} by [${noProxy.join(', ')}]: ${direct}`, () =>
      assert.equal(proxyFor({ http: PROXY, https: PROXY, noProxy }, new URL(url)), direct ? undefined : PROXY))
})

test('each protocol has its own proxy', () => {
  assert.equal(proxyFor({ https: PROXY }, new URL('http://quay.io')), undefined)
  assert.equal(proxyFor({ http: PROXY }, new URL('https://quay.io')), undefined)
  assert.equal(proxyFor({}, new URL('https://quay.io')), undefined)
})

test('the environment says it in upper or lower case, with or without a scheme', () => {
  assert.deepEqual(proxiesOf({}), {})
  assert.deepEqual(proxiesOf({ HTTPS_PROXY: 'proxy.test:3128', no_proxy: 'a.test, ,.b.test', http_proxy: '' }), {
    https: PROXY,
    noProxy: ['a.test', '.b.test'],
  })
  assert.deepEqual(proxiesOf({ http_proxy: 'https://u:p@proxy.test' }), { http: 'https://u:p@proxy.test/' })
})

test('a variable that is no proxy is refused, without what it holds', () => {
  for (const value of ['socks5://u:hunter2@p:1080', 'http://u:hunter2@p:99999', 'http://'])
    assert.throws(
      () => proxiesOf({ HTTPS_PROXY: value }),
      (error) =>
        error instanceof ProxyVariableError &&
        error.message.startsWith('HTTPS_PROXY is no URL') &&
        !/hunter2/.test(error.message),
    )
})

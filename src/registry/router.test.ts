import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ProxySettings, RegistriesConfiguration } from '../core/registries/configuration.ts'
import { registriesOf } from '../core/registries/prefix.ts'
import type { Route } from '../http/route.ts'
import { createRouter } from './router.ts'

/** The route to a URL, without what it does not say. */
function routeTo(url: string, said: Partial<RegistriesConfiguration>, environment: ProxySettings = {}): Route {
  const registries = registriesOf({ registries: [], ...said })
  const route = createRouter(() => registries, environment)(new URL(url))
  return JSON.parse(JSON.stringify(route)) as Route
}

const NOTHING = { trusted: false }

describe('a route', () => {
  const ca = { prefix: 'quay.io', ca: 'PEM' }
  const client = { prefix: '*.corp.test:5000', client: { cert: 'CERT', key: 'KEY' } }
  const table: [what: string, url: string, said: Partial<RegistriesConfiguration>, route: Route][] = [
    ['is direct', 'https://quay.io', {}, NOTHING],
    ['has a CA', 'https://quay.io', { registries: [ca] }, { ...NOTHING, tls: { ca: 'PEM' } }],
    ['has none of another port', 'https://quay.io:444', { registries: [ca] }, NOTHING],
    ['has none of another host', 'https://cdn.quay.io', { registries: [ca] }, NOTHING],
    [
      'has a certificate',
      'https://r.corp.test:5000',
      { registries: [client] },
      { ...NOTHING, tls: { client: client.client } },
    ],
    ['shows it to nobody else', 'https://corp.test:5000', { registries: [client] }, NOTHING],
    [
      'is one of Docker Hub',
      'https://registry-1.docker.io',
      { registries: [{ prefix: 'docker.io', proxy: 'http://p' }] },
      { ...NOTHING, proxy: 'http://p' },
    ],
    ['has the general proxy', 'https://quay.io', { proxy: { https: 'http://g' } }, { ...NOTHING, proxy: 'http://g' }],
    [
      'has its own',
      'https://quay.io',
      { proxy: { https: 'http://g' }, registries: [{ ...ca, proxy: 'http://p' }] },
      { ...NOTHING, tls: { ca: 'PEM' }, proxy: 'http://p' },
    ],
    [
      'has none',
      'https://quay.io',
      { proxy: { https: 'http://g' }, registries: [{ prefix: 'quay.io', proxy: 'none' }] },
      NOTHING,
    ],
    [
      'of a mirror is trusted',
      'https://m.io',
      { registries: [{ prefix: 'quay.io', mirrors: [{ location: 'm.io/a' }] }] },
      { trusted: true },
    ],
  ]
  for (const [what, url, said, route] of table) test(what, () => assert.deepEqual(routeTo(url, said), route))

  test('has the proxy of the environment where the configuration names none', () => {
    const environment = { https: 'http://e', noProxy: ['quay.io'] }
    assert.deepEqual(routeTo('https://r.test', {}, environment), { ...NOTHING, proxy: 'http://e' })
    assert.deepEqual(routeTo('https://quay.io', {}, environment), NOTHING)
    assert.deepEqual(routeTo('https://r.test', { proxy: { http: 'http://g' } }, environment), NOTHING)
    const resolving = { proxy: { resolvesNames: true } }
    assert.deepEqual(routeTo('https://r.test', resolving, environment), {
      trusted: false,
      proxy: 'http://e',
      resolvesNames: true,
    })
  })
})

test('the same configuration is the same material, so that connections are kept', () => {
  let registries = registriesOf({ registries: [{ prefix: 'quay.io', ca: 'PEM' }] })
  const route = createRouter(() => registries, {})
  const { tls } = route(new URL('https://quay.io'))
  assert.equal(route(new URL('https://quay.io')).tls, tls)
  registries = registriesOf({ registries: [{ prefix: 'quay.io', ca: 'PEM' }] })
  assert.notEqual(route(new URL('https://quay.io')).tls, tls)
})

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { RegistriesConfiguration } from './configuration.ts'
import { ConfigurationError } from './located.ts'
import { parseRegistries } from './parse.ts'

const FILE = { files: true, secrets: false }
const CLUSTER = { files: false, secrets: true }

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'

/** A document of one registry with these fields, indented as they must be. */
const registry = (fields: string) => `registries:\n- prefix: quay.io\n${fields.replaceAll(/^/gm, '  ')}`

const refused = (text: string, surroundings = FILE): string => {
  try {
    parseRegistries(text, surroundings)
  } catch (error) {
    assert.ok(error instanceof ConfigurationError)
    return error.message
  }
  return assert.fail(`${text} is not refused`)
}

describe('a document', () => {
  test('says everything that can be said', () => {
    const text = `
refresh: 10m
allowedRegistriesForImport:
- domainName: quay.io
- { domainName: "*.example.com:5000", insecure: true }
proxy:
  http: http://proxy.example.com:3128
  https: https://user:secret@proxy.example.com
  noProxy: [.example.com, 10.0.0.0/8]
  resolvesNames: true
registries:
- prefix: Docker.io/library
  mirrors:
  - location: mirror.example.com/hub
  - { location: other.example.com:5000, insecure: true }
  mirrorsOnly: true
- prefix: quay.io
  caFile: ca.pem
  clientCertificate: { certFile: tls.crt, keyFile: tls.key }
  proxy: none
  rate: 100/1h
- prefix: "*.amazonaws.com"
  proxy: http://[::1]:3128
  credentials: { helper: ecr, region: eu-west-1 }
`
    const expected: RegistriesConfiguration = {
      refresh: 600_000,
      allowedRegistriesForImport: [{ domainName: 'quay.io' }, { domainName: '*.example.com:5000', insecure: true }],
      proxy: {
        http: 'http://proxy.example.com:3128',
        https: 'https://user:secret@proxy.example.com',
        noProxy: ['.example.com', '10.0.0.0/8'],
        resolvesNames: true,
      },
      registries: [
        {
          prefix: 'docker.io/library',
          mirrors: [{ location: 'mirror.example.com/hub' }, { location: 'other.example.com:5000', insecure: true }],
          mirrorsOnly: true,
        },
        {
          prefix: 'quay.io',
          caFile: 'ca.pem',
          clientCertificate: { certFile: 'tls.crt', keyFile: 'tls.key' },
          proxy: 'none',
          rate: { requests: 100, per: 3_600_000 },
        },
        {
          prefix: '*.amazonaws.com',
          proxy: 'http://[::1]:3128',
          credentials: { helper: 'ecr', settings: { region: 'eu-west-1' } },
        },
      ],
    }
    assert.deepEqual(parseRegistries(text, FILE), expected)
  })

  for (const text of ['', '# nothing yet', '{}', 'registries: []', 'proxy:\nregistries:', '---\n'])
    test(`that says nothing is fine: ${JSON.stringify(text)}`, () =>
      assert.deepEqual(parseRegistries(text, FILE), { registries: [] }))

  test('may hold certificates, and name a Secret where there are some', () => {
    const pem = PEM.replaceAll(/^(?=.)/gm, '  ')
    const text = registry(`ca: |\n${pem}clientCertificate: { secret: registry-client }`)
    assert.deepEqual(parseRegistries(text, CLUSTER).registries, [
      { prefix: 'quay.io', ca: PEM, clientCertificate: { secret: 'registry-client' } },
    ])
  })

  for (const [rate, requests, per] of [
    ['100/1h', 100, 3_600_000],
    ['5/s', 5, 1000],
    ['1/24h', 1, 86_400_000],
  ] as const)
    test(`may limit requests to ${rate}`, () =>
      assert.deepEqual(parseRegistries(registry(`rate: ${rate}`), FILE).registries[0]!.rate, { requests, per }))
})

describe('what is wrong is told with its line, and with what to write instead:', () => {
  const table: [what: string, text: string, message: RegExp][] = [
    ['no YAML', 'registries: [\n', /^line 2: it is no YAML: /],
    ['no map', '- a', /^line 1: it must be a map of refresh, allowedRegistriesForImport, proxy, registries$/],
    ['two documents', 'refresh: 1m\n---\nrefresh: 2m', /^line \d: it is no YAML: .*multiple documents/],
    [
      'an unknown field',
      'refresh: 1m\nregistrys: []',
      /^line 2: there is no field "registrys"; did you mean "registries"\?$/,
    ],
    ['an unlike field', 'x: 1', /^line 1: there is no field "x": there are refresh, .*registries$/],
    [
      'a field below',
      registry('miror: []'),
      /^line 3: registries\[0\]: there is no field "miror"; did you mean "mirrors"\?$/,
    ],
    ['a field twice', 'refresh: 1m\nrefresh: 2m', /^line 2: refresh stands there twice$/],
    [
      'an alias',
      'allowedRegistriesForImport: &a []\nregistries: *a',
      /^line 2: registries: aliases are not read: write it out$/,
    ],
    ['refresh', 'refresh: 1s', /^line 1: refresh: it must be a duration from 5s to 168h/],
    ['a number', 'refresh: 60', /^line 1: refresh: it must be a text$/],
    [
      'a domain',
      'allowedRegistriesForImport:\n- domainName: https://quay.io',
      /^line 2: allowedRegistriesForImport\[0\].domainName: "https:\/\/quay.io" is no host/,
    ],
    ['no domain', 'allowedRegistriesForImport:\n- insecure: true', /^line 2: .*it has no domainName: write the host/],
    ['a proxy', 'proxy:\n  https: proxy:3128', /^line 2: proxy.https: it must be the URL of a proxy/],
    ['socks', 'proxy: { http: "socks5://p:1080" }', /must be the URL of a proxy, such as http/],
    ['no prefix', 'registries:\n- proxy: none', /^line 2: registries\[0\]: it has no prefix/],
    [
      'a scheme',
      'registries:\n- prefix: https://quay.io',
      /^line 2: registries\[0\].prefix: "https:\/\/quay.io" is no host/,
    ],
    ['a tag', 'registries:\n- prefix: quay.io/a:b', /write it without scheme and tag$/],
    ['half a star', 'registries:\n- prefix: a*.io', /is no host/],
    [
      'a prefix twice',
      'registries:\n- prefix: docker.io\n- prefix: index.docker.io:443',
      /^line 3: .*another entry with the prefix "docker.io"/,
    ],
    [
      'a mirror',
      registry('mirrors: [{ location: "*.io" }]'),
      /^line 3: registries\[0\].mirrors\[0\].location: "\*.io" is no host/,
    ],
    ['no mirrors', registry('mirrors: []'), /it is empty: name a mirror/],
    ['mirrors only, without any', registry('mirrorsOnly: true'), /mirrorsOnly: there are no mirrors/],
    ['no flag', registry('mirrors: [{ location: m, insecure: 1 }]'), /insecure: it must be true or false$/],
    [
      'many mirrors',
      registry(`mirrors: [${'{ location: m },'.repeat(11)}]`),
      /it has 11 entries, and 10 is the limit$/,
    ],
    ['no PEM', registry('ca: MIIB'), /^line 3: registries\[0\].ca: it holds no certificate in PEM/],
    ['two of ca', registry('ca: a\ncaFile: b'), /^line 4: registries\[0\].caFile: there is ca, too/],
    ['half a pair', registry('clientCertificate: { certFile: a }'), /it needs certFile and keyFile$/],
    [
      'a Secret without a cluster',
      registry('clientCertificate: { secret: a }'),
      /there is no cluster that has Secrets/,
    ],
    ['a rate', registry('rate: 100'), /rate: it must be a text$/],
    ['no rate', registry('rate: 0/1h'), /it must be requests\/duration, such as 100\/1h/],
    ['a short rate', registry('rate: 1/1ms'), /from a second to 24h/],
    [
      'a host as a whole',
      'registries:\n- prefix: quay.io/a\n  rate: 1/s',
      /^line 3: registries\[0\].rate: it is about a host as a whole: write it for the prefix "quay.io"$/,
    ],
    ['a helper', registry('credentials: { helper: gcr }'), /there is no helper "gcr": write one of ecr, gar, acr$/],
    [
      'a foreign setting',
      registry('credentials: { helper: acr, region: x }'),
      /^line 3: .*region: the helper acr does not know it/,
    ],
    ['an endless text', registry(`rate: ${'1'.repeat(2000)}/s`), /it has more than 1024 characters$/],
    ['an endless document', '#'.repeat(600_000), /^it has more than 524288 characters$/],
  ]
  for (const [what, text, message] of table) test(what, () => assert.match(refused(text), message))

  test('what a server in a cluster cannot do', () => {
    assert.match(refused(registry('caFile: ca.pem'), CLUSTER), /reads no files: write the certificates under ca$/)
    const files = registry('clientCertificate: { certFile: a, keyFile: b }')
    assert.match(refused(files, CLUSTER), /reads no files: put both into a kubernetes.io\/tls Secret/)
    assert.match(refused(registry('clientCertificate: {}'), CLUSTER), /it needs secret: the name of/)
  })

  test('but never the password of a proxy', () => {
    for (const text of [
      'proxy: { https: "http://u:hunter2@p:3128/path" }',
      'proxy: { https: "http://u:hunter2@p:99999" }',
      'proxy:\n  https: http://u:hunter2@p: x\n',
      'proxy: {\n  https: "http://u:hunter2@p\n',
    ])
      assert.doesNotMatch(refused(text), /hunter2/)
  })
})

test('whatever the text, it is read or refused in one line', () => {
  const piece = fc.constantFrom(
    'registries',
    'prefix',
    'mirrors',
    ':',
    ': ',
    '- ',
    '\n',
    '  ',
    '{',
    '}',
    '[',
    ']',
    '*a',
    '&a ',
    '? ',
    '"',
    'quay.io',
    '!!map ',
    '|',
    '---\n',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      try {
        parseRegistries(pieces.join(''), FILE)
      } catch (error) {
        assert.ok(error instanceof ConfigurationError, String(error))
        assert.doesNotMatch(error.message, /\n/)
      }
    }),
    { numRuns: 2000 },
  )
})

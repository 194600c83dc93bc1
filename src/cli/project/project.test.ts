// new-project, project and projects: what they ask, print, and write into the kubeconfig.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { parse } from 'yaml'
import { runCommand, type Answers } from '../../../test/support/commandLine.ts'
import { ApiError, forbidden, notFound } from '../../core/machinery/status.ts'

const directory = mkdtempSync(join(tmpdir(), 'millrace-project-'))
after(() => rmSync(directory, { recursive: true }))

const SERVER = 'https://10.0.0.1:6443'
const NICK = '10-0-0-1:6443'
const PROJECTS = '/apis/project.openshift.io/v1/projects'
const REQUESTS = '/apis/project.openshift.io/v1/projectrequests'
const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
const me = { [`POST ${REVIEWS}`]: { metadata: {}, status: { userInfo: { username: 'me' } } } }
const project = (name: string, displayName?: string) => ({
  metadata: { name, ...(displayName !== undefined && { annotations: { 'openshift.io/display-name': displayName } }) },
})
const listOf = (...items: object[]) => ({ metadata: {}, items })
const success = { kind: 'Status', status: 'Success' }

let count = 0
/** A kubeconfig of its own for a test; the current context is `mine` in the project `demo`. */
function kubeconfig(more: object = {}): string {
  const file = join(directory, `config${++count}`)
  const config = {
    clusters: [{ name: 'c', cluster: { server: SERVER } }],
    users: [{ name: 'u', user: { token: 'secret' } }],
    contexts: [
      { name: 'mine', context: { cluster: 'c', user: 'u', namespace: 'demo' } },
      { name: 'bare', context: { cluster: 'c', user: 'u' } },
      { name: `web/${NICK}/me`, context: { cluster: NICK, user: `me/${NICK}`, namespace: 'web' } },
    ],
    'current-context': 'mine',
    ...more,
  }
  writeFileSync(file, JSON.stringify(config))
  return file
}
const run = (file: string, args: string[], answers: Answers = {}) => runCommand(args, answers, { KUBECONFIG: file })
const currentOf = (file: string) => (parse(readFileSync(file, 'utf8')) as Record<string, string>)['current-context']

describe('project without a name', () => {
  const cases: [string, string[], object, Answers, number, string][] = [
    [
      'tells the current one, and the context that somebody named',
      [],
      {},
      { [`GET ${PROJECTS}/demo`]: project('demo') },
      0,
      `Using project "demo" from context named "mine" on server "${SERVER}".\n`,
    ],
    [
      'does not tell names of contexts that it made itself',
      [],
      {
        'current-context': 'demo/c/u',
        contexts: [{ name: 'demo/c/u', context: { cluster: 'c', user: 'u', namespace: 'demo' } }],
      },
      { [`GET ${PROJECTS}/demo`]: project('demo') },
      0,
      `Using project "demo" on server "${SERVER}".\n`,
    ],
    ['can be short', ['-q'], {}, { [`GET ${PROJECTS}/demo`]: project('demo') }, 0, 'demo\n'],
    [
      'takes a namespace for a project where there are none',
      ['--short'],
      {},
      { 'GET /api/v1/namespaces/demo': project('demo') },
      0,
      'demo\n',
    ],
    [
      'says so when it cannot be seen',
      [],
      {},
      {},
      1,
      `error: you do not have rights to view project "demo" specified in your config or the project doesn't exist\n`,
    ],
    [
      'says so when there is none',
      [],
      { 'current-context': 'bare' },
      {},
      0,
      'No project has been set. Pass a project name to make that the default.\n',
    ],
    [
      'is an error when there is none, and it should be short',
      ['-q'],
      { 'current-context': 'bare' },
      {},
      1,
      'error: no project has been set\n',
    ],
  ]
  for (const [what, args, config, answers, code, text] of cases) {
    test(what, async () => {
      const file = kubeconfig(config)
      const before = readFileSync(file, 'utf8')
      const outcome = await run(file, ['project', ...args], answers)
      assert.deepEqual([outcome.code, outcome.out + outcome.err], [code, text])
      assert.equal(readFileSync(file, 'utf8'), before)
    })
  }
})

describe('project with a name', () => {
  test('makes a context for it, and keeps the others', async () => {
    const file = kubeconfig()
    const answers = { [`GET ${PROJECTS}/shop`]: project('shop'), ...me }
    const { code, out, calls } = await run(file, ['project', 'shop'], answers)
    assert.deepEqual([code, out], [0, `Now using project "shop" on server "${SERVER}".\n`])
    assert.deepEqual(
      calls.map(({ line }) => line),
      [`GET ${PROJECTS}/shop`, `POST ${REVIEWS}`],
    )
    const { contexts, clusters, users, ...config } = parse(readFileSync(file, 'utf8')) as Record<string, object[]>
    assert.equal(config['current-context'], `shop/${NICK}/me`)
    assert.deepEqual(contexts?.slice(3), [
      { name: `shop/${NICK}/me`, context: { cluster: NICK, user: `me/${NICK}`, namespace: 'shop' } },
    ])
    assert.deepEqual(clusters, [
      { name: 'c', cluster: { server: SERVER } },
      { name: NICK, cluster: { server: SERVER } },
    ])
    assert.deepEqual(users, [
      { name: 'u', user: { token: 'secret' } },
      { name: `me/${NICK}`, user: { token: 'secret' } },
    ])
  })

  test('that is a context uses that, and asks nobody', async () => {
    const file = kubeconfig()
    const bare = await run(file, ['project', 'bare'])
    assert.deepEqual([bare.out, bare.calls], [`Now using context named "bare" on server "${SERVER}".\n`, []])
    assert.equal(currentOf(file), 'bare')
    const mine = await run(file, ['project', 'mine'])
    assert.equal(mine.out, `Now using project "demo" from context named "mine" on server "${SERVER}".\n`)
    assert.equal((await run(file, ['project', 'mine', '-q'])).out, 'demo\n')
    assert.equal((await run(file, ['project', 'mine'])).out, `Already on project "demo" on server "${SERVER}".\n`)
  })

  test('that is unknown, or not theirs, changes nothing and shows what there is', async () => {
    const file = kubeconfig()
    const none = `error: A project named "x" does not exist on "${SERVER}".\n`
    const projects = (...items: object[]) => ({ [`LIST ${PROJECTS}`]: listOf(...items) })
    const cases: [Answers, string][] = [
      [projects(project('b'), project('a', 'Team A')), `${none}Your projects are:\n* Team A (a)\n* b\n`],
      [projects(project('a', 'a')), `${none}You have one project on this server: a\n`],
      [
        projects(),
        `${none}You are not a member of any projects. You can request a project to be created with the 'new-project' command.\n`,
      ],
      [{ 'LIST /api/v1/namespaces': listOf(project('n')) }, `${none}You have one project on this server: n\n`],
      [{}, none],
      [
        { [`GET ${PROJECTS}/x`]: forbidden({ group: '', plural: 'namespaces' }, 'x', 'no'), ...projects(project('a')) },
        'error: You are not a member of project "x".\nYou have one project on this server: a\n',
      ],
    ]
    for (const [answers, text] of cases) {
      const { code, out, err } = await run(file, ['project', 'x'], answers)
      assert.deepEqual([code, out, err], [1, '', text])
    }
    assert.equal(currentOf(file), 'mine')
    const clusters = [
      { name: 'c', cluster: { server: SERVER } },
      { name: 'd', cluster: { server: 'https://other' } },
    ]
    const { err } = await run(kubeconfig({ clusters }), ['project', 'x'])
    assert.equal(err, `${none}To see projects on another server, pass '--server=<server>'.\n`)
  })

  test('goes by what the kubeconfig calls the user where the server is too old to say', async () => {
    const there = { [`GET ${PROJECTS}/shop`]: project('shop') }
    const certificate = { users: [{ name: 'someone/else', user: { 'client-certificate': '/c' } }] }
    const contexts = [{ name: 'mine', context: { cluster: 'c', user: 'someone/else', namespace: 'demo' } }]
    const cases: [string, Answers, string][] = [
      [kubeconfig(), { 'GET /apis/user.openshift.io/v1/users/~': { metadata: { name: 'os' } } }, 'os'],
      [kubeconfig(), {}, 'token-K7gNU3sdo-OL'],
      [kubeconfig({ ...certificate, contexts }), {}, 'someone'],
    ]
    for (const [file, answers, name] of cases) {
      await run(file, ['project', 'shop'], { ...there, ...answers })
      assert.equal(currentOf(file), `shop/${NICK}/${name}`)
    }
    const broken = { 'GET /apis/user.openshift.io/v1/users/~': new ApiError(500, 'InternalError', 'broken') }
    const { err } = await run(kubeconfig(), ['project', 'shop'], { ...there, ...broken })
    assert.equal(err, 'error: unable to default to a user name: broken\n')
  })
})

describe('projects', () => {
  const none =
    "You are not a member of any projects. You can request a project to be created with the 'new-project' command.\n"
  const using = `\nUsing project "demo" from context named "mine" on server "${SERVER}".\n`
  const visible = { [`GET ${PROJECTS}/demo`]: project('demo') }
  const list = { [`LIST ${PROJECTS}`]: listOf(project('demo'), project('a', 'Team A')) }
  const head =
    "You have access to the following projects and can switch between them with 'millrace project <projectname>':\n\n"
  const cases: [string, string[], Answers, string][] = [
    ['are listed, with a mark', [], { ...visible, ...list }, `${head}    a - Team A\n  * demo\n${using}`],
    ['have no mark when the current one is not there', [], list, `${head}a - Team A\ndemo\n`],
    ['can be short', ['-q'], { ...visible, ...list }, 'a\ndemo\n'],
    [
      'may be one',
      [],
      { ...visible, [`LIST ${PROJECTS}`]: listOf(project('demo', 'The Demo')) },
      `You have one project on this server: "The Demo (demo)".\n${using}`,
    ],
    ['may be none', [], { [`LIST ${PROJECTS}`]: listOf() }, none],
    [
      'are namespaces where there are no projects',
      ['-q'],
      {
        [`LIST ${PROJECTS}`]: notFound({ group: '', plural: 'x' }, ''),
        'LIST /api/v1/namespaces': listOf(project('demo')),
      },
      'demo\n',
    ],
  ]
  for (const [what, args, answers, text] of cases) {
    test(what, async () => {
      const { code, out, err } = await run(kubeconfig(), ['projects', ...args], answers)
      assert.deepEqual([code, out, err], [0, text, ''])
    })
  }

  test('fail as the server does', async () => {
    const broken = { [`LIST ${PROJECTS}`]: new ApiError(500, 'InternalError', 'broken') }
    const { code, err } = await run(kubeconfig(), ['projects'], broken)
    assert.deepEqual([code, err], [1, 'Error from server (InternalError): broken\n'])
  })
})

describe('new-project', () => {
  const served = { [`GET ${REQUESTS}`]: success, [`POST ${REQUESTS}`]: project('shop'), ...me }

  test('asks whether it may, asks for it, and switches', async () => {
    const file = kubeconfig()
    const args = ['new-project', 'shop', '--display-name', 'The Shop', '--description=sells']
    const { code, out, calls } = await run(file, args, served)
    assert.equal(code, 0)
    assert.match(out, /^Now using project "shop" on server "https:\/\/10\.0\.0\.1:6443"\.\n\nYou can import images/)
    assert.deepEqual(
      calls.map(({ line }) => line),
      [`GET ${REQUESTS}`, `POST ${REQUESTS}`, `POST ${REVIEWS}`],
    )
    const { metadata, displayName, description } = calls[1]!.body as Record<string, unknown>
    assert.deepEqual([metadata, displayName, description], [{ name: 'shop' }, 'The Shop', 'sells'])
    assert.equal(currentOf(file), `shop/${NICK}/me`)
  })

  test('is not taken for a context of that name', async () => {
    const file = kubeconfig()
    const answers = { ...served, [`POST ${REQUESTS}`]: project('mine') }
    await run(file, ['new-project', 'mine'], answers)
    assert.equal(currentOf(file), `mine/${NICK}/me`)
  })

  test('leaves the kubeconfig alone when it shall', async () => {
    const file = kubeconfig()
    const { out } = await run(file, ['new-project', 'shop', '--skip-config-write'], served)
    assert.equal(
      out,
      `Project "shop" created on server "${SERVER}".\n\nTo switch to this project and start adding applications, use:\n\n    millrace project shop\n`,
    )
    assert.equal(currentOf(file), 'mine')
  })

  for (const [what, refused] of [
    ['does not know projects', undefined],
    ['forbids what it does not know', forbidden({ group: '', plural: 'x' }, '', 'no')],
  ] as const) {
    test(`makes a namespace on a cluster that ${what}`, async () => {
      const file = kubeconfig()
      const answers = {
        ...me,
        ...(refused && { [`GET ${REQUESTS}`]: refused }),
        'POST /api/v1/namespaces': project('shop'),
      }
      const { code, calls } = await run(file, ['new-project', 'shop', '--description', 'sells'], answers)
      assert.equal(code, 0)
      const { metadata } = calls.find(({ line }) => line === 'POST /api/v1/namespaces')!.body as { metadata: object }
      assert.deepEqual(metadata, { name: 'shop', annotations: { 'openshift.io/description': 'sells' } })
      assert.equal(currentOf(file), `shop/${NICK}/me`)
    })
  }

  test('is refused in the words of a server that has projects', async () => {
    const refused = new ApiError(403, 'Forbidden', 'You may not request a new project via this API.')
    const answers = { [`GET ${REQUESTS}`]: refused, 'GET /apis/project.openshift.io/v1': { resources: [] } }
    const { code, err, calls } = await run(kubeconfig(), ['new-project', 'shop'], answers)
    assert.deepEqual(
      [code, err],
      [1, 'Error from server (Forbidden): You may not request a new project via this API.\n'],
    )
    assert.ok(calls.every(({ line }) => line.startsWith('GET ')))
  })
})

test('wrong numbers of arguments', async () => {
  const cases: [string[], string][] = [
    [['new-project'], 'must have exactly one argument'],
    [['new-project', 'a', 'b'], 'must have exactly one argument'],
    [['project', 'a', 'b'], 'Only one argument is supported (project name or context name).'],
    [['projects', 'a'], 'no arguments should be passed'],
  ]
  for (const [args, text] of cases) {
    const { code, err } = await run(kubeconfig(), args)
    assert.deepEqual([code, err], [1, `error: ${text}\n`])
  }
})

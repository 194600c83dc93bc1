// `npm run demo`: the story of the README on the terminal, with a registry and a server of its own on free ports.
import { setTimeout as delay } from 'node:timers/promises'
import { command } from '../test/support/commands.ts'
import { eventually } from '../test/support/eventually.ts'
import { workload } from '../test/support/manifests.ts'
import { prepareParts } from '../test/support/parts.ts'
import { pushImage, startRegistry } from '../test/support/registry.ts'
import { startStandalone } from '../test/support/standalone.ts'

/** Milliseconds to read a line by; none where nobody watches. */
const PAUSE = process.stdout.isTTY ? 800 : 0

process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

await main().catch((error: unknown) => {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})

async function main(): Promise<void> {
  prepareParts((line) => console.log(line))
  const registry = await startRegistry()
  const server = await startStandalone()
  try {
    await play(registry.host, server)
  } finally {
    await server.stop()
    await registry.stop()
  }
}

async function play(host: string, server: Awaited<ReturnType<typeof startStandalone>>): Promise<void> {
  const skopeo = command('skopeo', {}, ['--insecure-policy'])
  const tls = ['--src-tls-verify=false', '--dest-tls-verify=false']
  const repository = `${host}/flozanorht/ubi`
  const base = 'flozanorht/base'
  const build = async (name: string) => {
    const files = { [`root/buildinfo/Dockerfile-ubi8-${name}`]: 'FROM scratch\n' }
    return (await pushImage(host, base, name, { files })).digest
  }
  const copy = (name: string) => {
    const args = ['copy', ...tls, `docker://${host}/${base}:${name}`, `docker://${repository}:8`]
    return show('skopeo', args, skopeo.run(...args))
  }
  const kubectl = (...args: string[]) => show('kubectl', args, server.kubectl.run(...args))
  const millrace = (...args: string[]) => show('millrace', args, server.millrace.run(...args))
  const image = () => kubectl('get', 'deployment', 'myapp', '-o', 'jsonpath={..image}')
  const rolled = async (digest: string) => {
    await eventually(async () => {
      const text = await server.kubectl.run('get', 'deployment', 'myapp', '-o', 'jsonpath={..image}')
      if (!text.endsWith(digest)) throw new Error(`myapp still has ${text}`)
    })
    await kubectl('rollout', 'status', 'deployment/myapp')
    await image()
  }

  await say('Two builds of a base image lie in a registry. The older one bears the tag that everybody uses.')
  const old = await build('8.0-122')
  const fresh = await build('8.0-154')
  await copy('8.0-122')

  await say('A plain Deployment uses that tag. Nothing in it knows of image streams.')
  const myapp = JSON.stringify(workload('myapp', { image: `${repository}:8`, replicas: 2 }))
  await show('kubectl', ['create', '-f', 'myapp.yaml'], server.kubectl.with(myapp).run('create', '-f', '-'))
  await kubectl('rollout', 'status', 'deployment/myapp')

  await say('An image stream remembers what the tag means: a digest.')
  await millrace('import-image', 'ubi', '--confirm', '--all', '--from', repository, '--insecure')
  await kubectl('get', 'istag')

  await say('From now on the Deployment follows the stream: first to the digest of what it runs already.')
  await millrace('set', 'triggers', 'deployment/myapp', '--from-image', 'ubi:8', '-c', 'myapp')
  await rolled(old)

  await say('A new build is pushed over the tag. Nothing moves: the stream has not looked yet.')
  await copy('8.0-154')
  await image()

  await say('It looks, and the Deployment rolls.')
  await millrace('import-image', 'ubi', '--confirm', '--all')
  await rolled(fresh)
  await kubectl('rollout', 'history', 'deployment/myapp')

  await say('The new build is bad. The tag goes back, and the Deployment with it.')
  await millrace('tag', `ubi@${old}`, 'ubi:8')
  await rolled(old)
  await millrace('describe', 'is', 'ubi')

  await say('That was it. Registry, server and data are gone with this line.')
}

async function say(text: string): Promise<void> {
  console.log(`\n# ${text}\n`)
  await delay(PAUSE * 2)
}

/** Prints a command as one would type it, then what it printed. */
async function show(program: string, args: readonly string[], outcome: Promise<string>): Promise<void> {
  const quoted = args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg}'`))
  console.log(`$ ${program} ${quoted.join(' ')}`)
  console.log((await outcome).trimEnd().replace(/^(?=.)/gm, '  '))
  await delay(PAUSE)
}

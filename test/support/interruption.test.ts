import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { eventually } from './eventually.ts'
import { launch, temporaryDirectory } from './processes.ts'

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`${signal} leaves nothing of a test behind: neither programs nor directories`, async () => {
    const home = temporaryDirectory()
    const modules = ['processes.ts', 'registry.ts'].map((name) => JSON.stringify(new URL(name, import.meta.url)))
    const script = `
      const [{ launch, temporaryDirectory }, { startRegistry }] = await Promise.all([${modules.map((m) => `import(${m})`).join()}])
      const { pid } = launch('sleep', ['60'], { cwd: temporaryDirectory() })
      const { host } = await startRegistry()
      console.log('pid', pid, 'registry', host)`
    const env = { ...process.env, TMPDIR: home }
    const running = launch(process.execPath, ['--input-type=module', '-e', script], { env })
    const [, pid, host] = await running.printed(/pid (\d+) registry (\S+)/)
    assert.ok(isAlive(Number(pid)))
    assert.equal(readdirSync(home).length, 2)
    assert.equal(await running.stop(signal), code)
    assert.deepEqual(readdirSync(home), [])
    await eventually(() => assert.equal(isAlive(Number(pid)), false))
    await assert.rejects(fetch(`http://${host}/v2/`))
  })
}

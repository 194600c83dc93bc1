import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Answer, OrderName, Orders } from './registry.ts'

/** A registry in a process of its own. */
export interface RegistryProcess {
  /** host:port; plain HTTP. */
  readonly host: string
  ask<N extends OrderName>(name: N, order: Parameters<Orders[N]>[0]): Promise<ReturnType<Orders[N]>>
  stop(): Promise<void>
}

/** Starts it. */
export async function startRegistryProcess(): Promise<RegistryProcess> {
  const child = fork(join(import.meta.dirname, 'registry.ts'))
  const [hello] = (await once(child, 'message')) as [{ host: string }]
  const waiting = new Map<number, (value: never) => void>()
  child.on('message', (answer: Answer) => {
    if (!('id' in answer)) return
    waiting.get(answer.id)?.(answer.value as never)
    waiting.delete(answer.id)
  })
  let last = 0
  return {
    host: hello.host,
    ask(name, order) {
      const id = ++last
      const { promise, resolve } = Promise.withResolvers<ReturnType<Orders[typeof name]>>()
      waiting.set(id, resolve)
      child.send({ id, name, order })
      return promise
    },
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

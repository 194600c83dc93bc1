// --receiver: where a registry delivers its webhooks to.
import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import { ReceiverError, receiverOf, type Receiver } from '../core/hooks/receiver.ts'
import { CommandError } from './failure.ts'
import { collect } from './options.ts'

const FORM = 'NAME=SENDER,secret-file=PATH[,host=HOST]'

/** Declares it. */
export const receiverOption = (): Option =>
  new Option('--receiver <receiver>', `take webhooks of a registry at /hooks/NAME: ${FORM}; may be repeated`).argParser(
    collect,
  )

/** The receivers that it names. Error: CommandError. */
export function receiversOf(texts: readonly string[]): Receiver[] {
  const receivers = texts.map(receiverFrom)
  const names = receivers.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) < i)
  if (twice !== undefined) throw new CommandError(`--receiver: there are two receivers called ${twice}`)
  return receivers
}

function receiverFrom(text: string): Receiver {
  const [first = '', ...settings] = text.split(',')
  const [name, sender, ...rest] = first.split('=')
  const values = new Map(settings.map((setting) => splitAt(setting, setting.indexOf('='))))
  const path = values.get('secret-file')
  const isKnown = [...values.keys()].every((key) => ['secret-file', 'host'].includes(key))
  if (name === undefined || sender === undefined || rest.length > 0 || !path || !isKnown)
    throw new CommandError(`--receiver must be ${FORM}, not "${text}"`)
  try {
    return receiverOf({ name, sender, secret: readSecret(path), host: values.get('host') })
  } catch (error) {
    if (!(error instanceof ReceiverError)) throw error
    throw new CommandError(`--receiver ${name}: ${error.message}`, { cause: error })
  }
}

const splitAt = (text: string, at: number): [string, string] =>
  at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]

function readSecret(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new ReceiverError(`its secret cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

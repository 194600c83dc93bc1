// Quotas: every new object of a namespace is charged to its ResourceQuotas before it is stored. What `status.used` says is a
// promise that is taken by compare-and-swap, so that of many who want the last place one gets it, also where several API
// servers give places away. Controllers keep the promises in line with what there is (core/quota/ledger.ts).
import { charge, type Charge, uncharge } from '../core/quota/charge.ts'
import { PROMISE_MS } from '../core/quota/ledger.ts'
import { countNames, type Quota } from '../core/quota/quota.ts'
import type { AdmissionStep } from '../core/machinery/admission.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import { forbidden, isReason } from '../core/machinery/status.ts'
import { Turns } from '../core/machinery/turns.ts'

export const QUOTAS = { group: '', version: 'v1', plural: 'resourcequotas' }

/** How often a lost compare-and-swap is tried again. Writers of one process wait for each other, so few are lost. */
const ATTEMPTS = 10

/** How long after its charge an object that was not stored gives its room back by itself. */
const FRESH_MS = PROMISE_MS / 2

export interface QuotaOptions {
  /** With the right to list resourcequotas and to update their status. Asked only when something is created. */
  client: () => Pick<ObjectClient, 'list' | 'update'>
  /** False for a namespace that is known to have no quotas, which then are not asked for. */
  mayHave?: (namespace: string) => boolean
  log: Log
}

/** Charges new objects; refuses with Forbidden those that exceed a quota. */
export function quotas({ client, mayHave = () => true, log }: QuotaOptions): AdmissionStep {
  const turns = new Turns()
  return {
    async reserve(write, { namespace, name, dryRun, ...kind }) {
      const names = namespace === '' ? [] : countNames(kind)
      if (names.length === 0 || !mayHave(namespace)) return undefined
      const account = new Account(client(), namespace, names)
      const { quotas, problem } = await account.ask()
      if (problem === undefined && (dryRun || quotas.length === 0)) return undefined
      const refused = problem ?? (await turns.take(namespace, () => account.take()))
      if (refused !== undefined) throw forbidden(write.resource, write.name || name, refused)
      return () =>
        turns
          .take(namespace, () => account.giveBack())
          .catch((err: unknown) =>
            log.info({ err, namespace, names }, 'a quota stays charged until it is counted again'),
          )
    },
  }
}

/** One object's charge. */
class Account {
  readonly #client: Pick<ObjectClient, 'list' | 'update'>
  readonly #namespace: string
  readonly #names: readonly string[]
  /** Uids of the quotas that are charged. */
  readonly #charged = new Set<string>()
  #since = 0

  constructor(client: Pick<ObjectClient, 'list' | 'update'>, namespace: string, names: readonly string[]) {
    this.#client = client
    this.#namespace = namespace
    this.#names = names
  }

  /** What charging those quotas means that are not charged yet. */
  async ask(): Promise<Charge> {
    return charge(await this.#list((uid) => !this.#charged.has(uid)), this.#names)
  }

  /** Charges all quotas or none. Answers why not. Error: Conflict, when others are faster every time. */
  async take(): Promise<string | undefined> {
    this.#since = performance.now()
    try {
      for (let attempt = 1; ; attempt++) {
        const { quotas, problem } = await this.ask()
        const lost = await this.#write(quotas, (uid) => this.#charged.add(uid))
        if (problem !== undefined) await this.giveBack()
        if (lost === undefined) return problem
        if (attempt === ATTEMPTS) throw lost
      }
    } catch (error) {
      // What stays charged is what the controllers are for; the first error tells more.
      await this.giveBack().catch(() => undefined)
      throw error
    }
  }

  /** Takes back what was charged, while that is a promise still: later a controller may have done so already. */
  async giveBack(): Promise<void> {
    if (performance.now() - this.#since > FRESH_MS) return
    for (let attempt = 1; this.#charged.size > 0; attempt++) {
      const charged = await this.#list((uid) => this.#charged.has(uid))
      const given = uncharge(charged, this.#names)
      const lost = await this.#write(given, (uid) => this.#charged.delete(uid))
      if (lost === undefined) return
      if (attempt === ATTEMPTS) throw lost
    }
  }

  async #list(wanted: (uid: string) => boolean): Promise<Quota[]> {
    const { items } = await this.#client.list<Quota>({ resource: QUOTAS, namespace: this.#namespace })
    return items.filter(({ metadata }) => wanted(metadata.uid ?? ''))
  }

  /** Writes the quotas one after the other; answers the conflict if there was one. One that is gone limits nothing. */
  async #write(quotas: readonly Quota[], done: (uid: string) => void): Promise<unknown> {
    let lost: unknown
    for (const quota of quotas) {
      const { namespace, name = '', uid = '' } = quota.metadata
      try {
        await this.#client.update({ resource: QUOTAS, namespace, name, subresource: 'status' }, quota)
        done(uid)
      } catch (error) {
        if (isReason(error, 'Conflict')) lost = error
        else if (!isReason(error, 'NotFound')) throw error
      }
    }
    return lost
  }
}

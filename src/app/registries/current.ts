// What is said of registries at the moment, for those who ask at each request, and for those who want to be told.
import { NO_REGISTRIES, type RegistriesConfiguration } from '../../core/registries/configuration.ts'
import { type Registries, registriesOf } from '../../core/registries/prefix.ts'

/** Freshness of tags that say nothing themselves, in milliseconds; a change of it, and no other, is told. */
export interface CurrentRefresh {
  current(): number | undefined
  /** Gives what ends it. */
  onChange(handler: () => void): () => void
}

/** See above. At first nothing is said. */
export class CurrentRegistries {
  #registries = registriesOf(NO_REGISTRIES)
  readonly #handlers = new Set<() => void>()

  readonly get = (): Registries => this.#registries

  set(configuration: RegistriesConfiguration): void {
    this.#registries = registriesOf(configuration)
    for (const handler of this.#handlers) handler()
  }

  /** Gives what ends it. */
  onChange(handler: () => void): () => void {
    this.#handlers.add(handler)
    return () => void this.#handlers.delete(handler)
  }

  get refresh(): CurrentRefresh {
    const current = () => this.#registries.configuration.refresh
    return {
      current,
      onChange: (handler) => {
        let last = current()
        return this.onChange(() => {
          if (last === current()) return
          last = current()
          handler()
        })
      },
    }
  }
}

// Why a store cannot be opened or written: a closed set, each with a text that says what to do.

export type StoreFailureCode = 'in-use' | 'damaged' | 'foreign' | 'newer' | 'unwritable' | 'full' | 'io'

/** The store cannot be read or written. */
export class StoreFailure extends Error {
  override name = 'StoreFailure'
  readonly code: StoreFailureCode
  constructor(code: StoreFailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

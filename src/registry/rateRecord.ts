// RateRecord: the text that all processes share to keep to configured rates. Contract: whoever replaces it has seen what was there.

/** What lies there, and which writing of it that is. */
export interface Recorded {
  /** '' where there is none. */
  text: string
  /** undefined where there is none. */
  version: string | undefined
}

/** Where it lies. Both reject when that cannot be reached, in some seconds at most. */
export interface RateRecord {
  /** Where it lies, for people. */
  readonly place: string
  read(): Promise<Recorded>
  /** Undefined: somebody else has replaced it since. */
  replace(text: string, before: Recorded): Promise<Recorded | undefined>
}

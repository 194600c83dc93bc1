// Log: constant message, key/values. pino fits as it is; tests pass `silent`.

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

const nothing = (): void => undefined

/** A log that keeps nothing. */
export const silent: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }

/** A certificate and its key, both PEM. */
export interface KeyPair {
  cert: string
  key: string
}

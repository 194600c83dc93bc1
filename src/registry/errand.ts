// Errand: what tells a check from an import on its way to a registry.

/** What goes along with a check, which gives way to imports, from one part to the next. */
export interface Errand {
  /** Budget at which it has its turn: what it asks there is no check of its own any more. */
  turn?: string | undefined
  /** It waits for no turn, only while the registry wants to be left alone: something was pushed, or is about to be imported. */
  urgent?: boolean
  /** Budget that its request was counted by last, or was kept back by. */
  account?: string
}

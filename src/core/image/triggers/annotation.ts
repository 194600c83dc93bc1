// The annotation image.openshift.io/triggers: a JSON list, read as Go reads it (keys in any case, null for nothing, wrong
// types refuse it all), because that is how every annotation out there was tried.
import { isObject, type JsonObject } from '../../machinery/json/jsonObject.ts'
import { didYouMean, entryProblem, PROBLEM_EFFECTS, quote, type TriggerProblem } from './problem.ts'

/** On a workload (not on its pod template): which containers follow which tags. */
export const TRIGGERS_ANNOTATION = 'image.openshift.io/triggers'

/** Owner of the fields that the controller of triggers sets. Its writes need no admission: they do what admission would. */
export const TRIGGERS_MANAGER = 'millrace-trigger'

/** Entries of one annotation. Each may need a container to be found and a word to be suggested; no pod has so many containers. */
const MAX_ENTRIES = 1000

/** One entry: the container at `fieldPath` follows the tag. Absent texts are ''. */
export interface Trigger {
  from: { kind: string; name: string; namespace: string; apiVersion: string }
  fieldPath: string
  paused: boolean
}

/** What an annotation says. */
export interface ParsedTriggers {
  /** Empty when the annotation is refused; else at the positions of the annotation. */
  triggers: Trigger[]
  problems: TriggerProblem[]
}

/** Reads the annotation's value; undefined is an object without it. Never throws. */
export function parseTriggers(value: string | undefined): ParsedTriggers {
  const read = readEntries(value)
  const problems = [...read.problems, ...duplicates(read.triggers)]
  const refused = problems.some((p) => PROBLEM_EFFECTS[p.code] === 'annotation')
  return { triggers: refused ? [] : read.triggers, problems }
}

/** The entries as they stand, before they are compared with each other: what an editor of the annotation has to keep. */
export function readEntries(value: string | undefined): ParsedTriggers {
  const reader = new Reader()
  const triggers = value === undefined ? [] : reader.annotation(value)
  return { triggers, problems: reader.problems }
}

function duplicates(triggers: readonly Trigger[]): TriggerProblem[] {
  const first = new Map<string, number>()
  return triggers.flatMap(({ fieldPath }, index) => {
    const earlier = first.get(fieldPath)
    if (earlier === undefined) {
      first.set(fieldPath, index)
      return []
    }
    const text = `fieldPath ${quote(fieldPath)} is also that of trigger [${earlier}]; no trigger of the annotation is used`
    return [entryProblem('TriggerDuplicate', index, text)]
  })
}

const blank = (): Trigger => ({
  from: { kind: '', name: '', namespace: '', apiVersion: '' },
  fieldPath: '',
  paused: false,
})

const ENTRY_KEYS = ['from', 'fieldPath', 'paused'] as const
const FROM_KEYS = ['kind', 'name', 'namespace', 'apiVersion'] as const

class Reader {
  readonly problems: TriggerProblem[] = []

  annotation(text: string): Trigger[] {
    let json: unknown
    try {
      json = JSON.parse(text)
    } catch (error) {
      const why = text.trim() === '' ? 'it is empty' : `it is no JSON (${(error as Error).message})`
      this.#refuse(`${why}; write a list like ${EXAMPLE}`)
      return []
    }
    if (json === null) return []
    if (!Array.isArray(json)) {
      const hint = isObject(json) ? `; put the object into a list: [${quote(json)}]` : `; write a list like ${EXAMPLE}`
      this.#refuse(`it must be a JSON list, not ${typeName(json)}${hint}`)
      return []
    }
    if (json.length > MAX_ENTRIES) {
      this.#refuse(`it has ${json.length} entries; ${MAX_ENTRIES} are the most that one workload can have`)
      return []
    }
    return json.map((entry, index) => this.#entry(entry, index))
  }

  #entry(json: unknown, index: number): Trigger {
    const trigger = blank()
    if (!this.#object(json, index, 'the entry')) return trigger
    for (const [key, value] of Object.entries(json)) {
      const known = matchKey(key, ENTRY_KEYS)
      if (known === undefined) this.#unknownKey(key, value, index, ENTRY_KEYS)
      else if (value === null) continue
      else if (known === 'from') this.#from(trigger, value, index)
      else if (known === 'fieldPath') trigger.fieldPath = this.#text(value, index, 'fieldPath')
      else if (typeof value === 'boolean') trigger.paused = value
      else this.#refuse(`[${index}].paused must be true or false, without quotes, not ${quote(value)}`, index)
    }
    return trigger
  }

  #from(trigger: Trigger, json: unknown, index: number): void {
    if (!this.#object(json, index, 'from')) return
    for (const [key, value] of Object.entries(json)) {
      const known = matchKey(key, FROM_KEYS)
      if (known === undefined)
        this.#unknownKey(
          `from.${key}`,
          value,
          index,
          FROM_KEYS.map((k) => `from.${k}`),
        )
      else if (value !== null) trigger.from[known] = this.#text(value, index, `from.${known}`)
    }
  }

  /** True for an object; null counts as an empty one; everything else refuses the annotation. */
  #object(json: unknown, index: number, where: string): json is JsonObject {
    if (isObject(json)) return true
    if (json !== null) this.#refuse(`[${index}]: ${where} must be an object, not ${quote(json)}`, index)
    return false
  }

  #text(value: unknown, index: number, field: string): string {
    if (typeof value === 'string') return value
    this.#refuse(`[${index}].${field} must be a text, not ${quote(value)}`, index)
    return ''
  }

  #unknownKey(key: string, value: unknown, index: number, known: readonly string[]): void {
    const off = value === false || (typeof value === 'string' && /^false$/i.test(value))
    const active = /^paus/i.test(key) && !off ? ' and does not pause the trigger' : ''
    const meant = didYouMean(key, known)
    this.problems.push(
      entryProblem('TriggerUnknownKey', index, `unknown key ${quote(key)} has no effect${active}${meant}`),
    )
  }

  #refuse(text: string, index?: number): void {
    const message = `annotation ${TRIGGERS_ANNOTATION} is not used: ${text}`
    this.problems.push({ code: 'TriggerAnnotationInvalid', message, ...(index !== undefined && { index }) })
  }
}

const EXAMPLE =
  '[{"from":{"kind":"ImageStreamTag","name":"STREAM:TAG"},"fieldPath":"spec.template.spec.containers[?(@.name==\\"NAME\\")].image"}]'

function matchKey<K extends string>(key: string, known: readonly K[]): K | undefined {
  return known.find((k) => k === key) ?? known.find((k) => k.toLowerCase() === key.toLowerCase())
}

function typeName(value: unknown): string {
  if (typeof value === 'string') return 'a text'
  return isObject(value) ? 'an object' : `a ${typeof value}`
}

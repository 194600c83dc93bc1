// How many tags of a repository an import takes at most: the server has a limit, and whoever asks may have a lower one.
import { invalid, type FieldError } from '../machinery/fieldError.ts'
import { IMPORT_LIMIT } from './annotations.ts'
import type { ImageStreamImport } from './types.ts'

/** What is wrong with the limit that an import asks for. */
export function importLimitProblems({ metadata }: Pick<ImageStreamImport, 'metadata'>): FieldError[] {
  const text = metadata.annotations?.[IMPORT_LIMIT]
  if (text === undefined || isCount(text)) return []
  const detail = 'it must be a number of tags from 0 to 999999'
  return [invalid(`metadata.annotations[${IMPORT_LIMIT}]`, text.slice(0, 40), detail)]
}

/** The lower of two limits, of which the server's may be none: -1. */
export function importLimit({ metadata }: Pick<ImageStreamImport, 'metadata'>, most: number): number {
  const text = metadata.annotations?.[IMPORT_LIMIT]
  if (text === undefined || !isCount(text)) return most
  return most < 0 ? Number(text) : Math.min(Number(text), most)
}

const isCount = (text: string): boolean => /^(?:0|[1-9][0-9]{0,5})$/.test(text)

// Who tells by Events of imports, and of what they need.
import { EventRecorder, type RecorderOptions } from './events.ts'

const COMPONENT = 'millrace-importer'

export type ImportRecorderOptions = Omit<RecorderOptions, 'component'>

/** Where such Events are written. */
export const importRecorder = (options: ImportRecorderOptions): EventRecorder =>
  new EventRecorder({ ...options, component: COMPONENT })

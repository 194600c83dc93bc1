// What `oc get` shows of projects.
import type { Column } from '../../core/machinery/resource.ts'
import { DISPLAY_NAME } from '../project.ts'
import type { Project } from '../types/project.ts'
import { nameColumn, text } from './cell.ts'

export const projectColumns: readonly Column<Project>[] = [
  nameColumn,
  text('Display Name', 'Name for people.', ({ metadata }) => metadata.annotations?.[DISPLAY_NAME] ?? ''),
  text('Status', 'Active or Terminating.', ({ status }) => status.phase ?? ''),
]

// Checklists: tables in docs/checklist that say of each promise which test holds it, or why it is not made. Read strictly, so
// that a promise cannot lose its test without anybody noticing.
//
//   | # | statement | held by |
//   | - | --------- | ------- |
//   | 1 | Tags are sorted | `src/x.test.ts › tags are sorted`, `test/y.test.ts › group › case 1` |
//   | 2 | Nobody waits | [why they do](../differences-from-openshift.md) |

/** Gives the text of a file of the project, or undefined when there is none. */
export type ReadFile = (path: string) => string | undefined

const HEADER = ['#', 'statement', 'held by']
const DIFFERENCES = '../differences-from-openshift.md'
/** One test, or one link; several are separated by commas. */
const HOLDER = /(?:`([^`]+)`|\[([^\]]+)\]\(([^)]+)\))(?:,\s*|$)/y

/** Everything that is wrong in a checklist, one line each. Numbers run through all of its tables. */
export function checklistProblems(text: string, read: ReadFile): string[] {
  const tables = rowsOf(text)
  if (tables.length === 0) return ['no rows']
  return tables.flatMap(([number = '', statement = '', holders = '', ...more], i) => {
    const problems = [
      ...(number === String(i + 1) ? [] : [`row ${i + 1} has the number ${JSON.stringify(number)}`]),
      ...(statement ? [] : ['no statement']),
      ...(more.length > 0 ? ['more than three columns; a | inside of one is written \\|'] : []),
      ...holderProblems(holders, read),
    ]
    return problems.map((problem) => `${i + 1}: ${problem}`)
  })
}

/** The rows of all tables that have our header. */
function rowsOf(text: string): string[][] {
  const rows: string[][] = []
  let inside = false
  for (const line of text.split('\n')) {
    const cells = cellsOf(line)
    if (!cells) inside = false
    else if (cells.join() === HEADER.join()) inside = true
    else if (inside && !/^[|\s:-]+$/.test(line)) rows.push(cells)
  }
  return rows
}

function cellsOf(line: string): string[] | undefined {
  const inner = /^\|(.*)\|$/.exec(line.trim())?.[1]
  return inner?.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
}

function holderProblems(cell: string, read: ReadFile): string[] {
  if (!cell) return ['nothing holds it']
  const problems: string[] = []
  HOLDER.lastIndex = 0
  while (HOLDER.lastIndex < cell.length) {
    const from = HOLDER.lastIndex
    const match = HOLDER.exec(cell)
    if (!match) return [...problems, `neither a test nor a link: ${cell.slice(from)}`]
    const [, test, link = '', target = ''] = match
    const problem = test === undefined ? linkProblem(link, target, read) : testProblem(test, read)
    if (problem) problems.push(problem)
  }
  return problems
}

/** A link leads to the list of differences, and its text is found there. */
function linkProblem(text: string, target: string, read: ReadFile): string | undefined {
  if (target !== DIFFERENCES) return `a link to ${target}, not to ${DIFFERENCES}`
  const plain = (markdown: string): string => markdown.replaceAll(/[`*]/g, '')
  const document = plain(read('docs/differences-from-openshift.md') ?? '')
  return document.includes(plain(text)) ? undefined : `${DIFFERENCES} does not say: ${text}`
}

/** `path › title`, or with the titles of the groups around it, all of which are found in the file. */
function testProblem(test: string, read: ReadFile): string | undefined {
  const [path = '', ...titles] = test.split(' › ')
  if (!path.endsWith('.test.ts')) return `not a test file: ${path}`
  if (titles.length === 0) return `no title of a test: ${test}`
  const source = read(path)
  if (source === undefined) return `no such file: ${path}`
  const missing = titles.find((title) => !hasTitle(source, title))
  return missing === undefined ? undefined : `${path} has no test: ${missing}`
}

/** A title is a text of its own, or a line of a list, or made by a template from texts that the file has, too. */
function hasTitle(source: string, title: string): boolean {
  const quoted = [`'${title}'`, `"${title}"`, `\`${title}\``, `\n${title}\n`]
  if (quoted.some((text) => source.includes(text))) return true
  return templatesOf(source).some((template) => {
    const values = template.exec(title)?.slice(1)
    return values?.every((value) => source.includes(value)) ?? false
  })
}

/** Titles with variables, as patterns of what they can become. */
function templatesOf(source: string): RegExp[] {
  const calls = source.matchAll(/\b(?:test|describe|it)\(\s*`([^`]*\$\{[^`]*)`/g)
  return [...calls].map(([, title = '']) => {
    const fixed = title.split(/\$\{[^}]*\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    return new RegExp(`^${fixed.join('(.+?)')}$`)
  })
}

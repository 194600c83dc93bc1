// Commands and outputs that a document shows, to be run and compared.
export interface Step {
  command: string
  /** What the document says it prints; a line `…` stands for any lines. */
  output: string
}

/** The contents of all fenced code blocks of a language, in order. */
export function codeBlocks(markdown: string, language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm')
  return [...markdown.matchAll(fence)].map((match) => match[1]!)
}

/** Lines that begin with `$ ` are commands; what follows is their output. */
export function steps(block: string): Step[] {
  const found: Step[] = []
  for (const line of block.split('\n')) {
    const last = found.at(-1)
    if (line.startsWith('$ ')) found.push({ command: line.slice(2), output: '' })
    else if (last?.command.endsWith('\\')) last.command += `\n${line}`
    else if (last) last.output += `${line}\n`
  }
  return found.map(({ command, output }) => ({ command, output: output.trimEnd() }))
}

/** What may differ from run to run is made equal: digests (which documents shorten), ages, hashes of templates, padding. */
export function normalise(text: string): string {
  return text
    .replaceAll(/sha256:[0-9a-f]+…?/g, 'sha256:DIGEST')
    .replaceAll(/\b(Less than a second|About a minute|\d+ (second|minute)s?) ago\b/g, 'AGO')
    .replaceAll(/\b\d+s\b/g, 'AGE')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
    .replaceAll(/-[a-z0-9]{8,10}(-[a-z0-9]{5})?\b/g, '-HASH')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ $/gm, '')
    .trim()
}

/** Whether the output is what the document shows. */
export function matches(shown: string, actual: string): boolean {
  const parts = normalise(shown).split(/^ ?…$/m)
  const escaped = parts.map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('\\s*[^]*\\s*')}$`).test(normalise(actual))
}

// Platforms of a multi-platform image, in Go's words. https://github.com/opencontainers/image-spec/blob/main/image-index.md

export interface Platform {
  architecture: string
  os: string
  variant?: string
}

/** What is taken when the preferred platform is not offered: nearly everything is built for it. */
const FALLBACK: Platform = { architecture: 'amd64', os: 'linux' }

/** Go's names of Node's architectures, where they differ. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' }

/** Go's name of an architecture that Node names (`process.arch`). */
export function goArchitecture(node: string): string {
  return ARCHITECTURES[node] ?? node
}

/**
 * The entry to take: the first of the preferred platform, else the first of amd64/linux, else the first. Variants do not
 * count. Undefined only for an empty list.
 */
export function choosePlatform<T extends { platform: Platform }>(
  entries: readonly T[],
  preferred: Platform,
): T | undefined {
  const first = (p: Platform) =>
    entries.find(({ platform }) => platform.architecture === p.architecture && platform.os === p.os)
  return first(preferred) ?? first(FALLBACK) ?? entries[0]
}

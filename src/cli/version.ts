import manifest from '../../package.json' with { type: 'json' }

/** The version of Millrace. */
export const VERSION: string = manifest.version

// --registries: a file that says how registries are reached. docs/registries.md
import { Option } from 'commander'

/** Declares it. */
export const registriesOption = (about: string): Option => new Option('--registries <file>', about)

/** For servers that read the file themselves. */
export const REGISTRIES_HELP = 'how registries are reached: mirrors, certificates, proxies and more, as YAML'

// Google Artifact Registry, and Container Registry before it. https://cloud.google.com/artifact-registry/docs/docker/authentication
import { googleToken } from './googleIdentity.ts'
import type { Cloud, CloudOptions } from './cloud.ts'

const HOST = /^(?:[a-z0-9-]+\.)?gcr\.io$|^[a-z0-9-]+\.pkg\.dev$/
/** Says that the password is an access token. */
const USERNAME = 'oauth2accesstoken'

/** One token is good for all registries. */
export const gar = (options: CloudOptions): Cloud => ({
  hosts: '*.pkg.dev and gcr.io',
  scope: (host) => (HOST.test(host) ? 'google' : undefined),
  async fetch(_scope, signal) {
    const { value, expires } = await googleToken(options, signal)
    return { value: { username: USERNAME, password: value }, expires }
  },
})

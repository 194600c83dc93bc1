// JFrog Artifactory: events of the domain `docker`.
// https://jfrog.com/help/r/jfrog-platform-administration-documentation/domain-docker
import { hostOfUrl, objectAt, textAt, type Message, type Sender } from '../message.ts'
import { HookError, pushEvent } from '../pushEvent.ts'

/** Both give a tag of a repository another meaning. */
const EVENTS: ReadonlySet<string | undefined> = new Set(['pushed', 'promoted'])

/** Some versions send the data alone. */
const dataOf = ({ body }: Message): unknown => objectAt(body, 'data') ?? body

export const artifactory: Sender = {
  title: 'JFrog Artifactory',
  // Nothing tells two pushes of the same content apart, and between them there may have been another.
  marked: false,
  recognises: (message) =>
    textAt(message.body, 'event_type') !== undefined && textAt(dataOf(message), 'repo_key') !== undefined,
  pushes(message) {
    const { body } = message
    const data = dataOf(message)
    if (!EVENTS.has(textAt(body, 'event_type')) || (textAt(body, 'domain') ?? 'docker') !== 'docker') return []
    const key = textAt(data, 'repo_key')
    const image = textAt(data, 'image_name')
    if (!key || !image) throw new HookError('it does not say which repository was pushed to')
    const host = hostOfUrl(textAt(body, 'jpd_origin'))
    const tag = textAt(data, 'tag')
    const told = { tags: tag === undefined ? [] : [tag], digest: `sha256:${textAt(data, 'sha256') ?? ''}` }
    // How images are called depends on the server: HOST/KEY/IMAGE, or KEY.HOST/IMAGE. It does not say which.
    return [
      pushEvent({ ...told, host, repository: `${key}/${image}` }),
      pushEvent({ ...told, host: host && `${key}.${host}`, repository: image }),
    ]
  },
}

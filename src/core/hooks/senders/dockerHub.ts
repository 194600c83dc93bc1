// Docker Hub. https://docs.docker.com/docker-hub/repos/manage/webhooks/
import { objectAt, textAt, type Sender } from '../message.ts'
import { pushEvent } from '../pushEvent.ts'

/** The name by which everybody refers to it, whatever its API is called. */
const HOST = 'docker.io'

export const dockerHub: Sender = {
  title: 'Docker Hub',
  marked: true,
  recognises: ({ body }) => objectAt(body, 'push_data') !== undefined && objectAt(body, 'repository') !== undefined,
  pushes({ body }) {
    const name = textAt(body, 'repository', 'repo_name')
    const tag = textAt(body, 'push_data', 'tag')
    const repository = name === undefined || name.includes('/') ? name : `library/${name}`
    return [pushEvent({ host: HOST, repository, tags: tag === undefined ? [] : [tag] })]
  },
}

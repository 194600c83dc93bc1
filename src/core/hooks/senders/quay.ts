// Quay and quay.io: the notification "Push to Repository".
// https://docs.redhat.com/en/documentation/red_hat_quay/3/html/use_red_hat_quay/repository-notifications
import { isObject } from '../../machinery/json/jsonObject.ts'
import { at, listAt, textAt, type Sender } from '../message.ts'
import { pushEvent } from '../pushEvent.ts'
import { splitHost } from '../splitHost.ts'

export const quay: Sender = {
  title: 'Quay',
  // Neither a time nor a number: two pushes of a tag look the same.
  marked: false,
  recognises: ({ body }) => textAt(body, 'docker_url') !== undefined,
  pushes({ body }) {
    const updated = at(body, 'updated_tags')
    // Builds, scans and mirrors have none. Old servers write an object of tags and image ids.
    const tags = isObject(updated) ? Object.keys(updated) : listAt(body, 'updated_tags')
    return tags.length === 0 ? [] : [pushEvent({ ...splitHost(textAt(body, 'docker_url')!), tags })]
  },
}

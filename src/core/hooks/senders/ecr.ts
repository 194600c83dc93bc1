// Amazon ECR: events of EventBridge, sent by an API destination.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
import { textAt, type Sender } from '../message.ts'
import { HookError, pushEvent, quoted } from '../pushEvent.ts'

export const ecr: Sender = {
  title: 'Amazon ECR',
  marked: true,
  recognises: ({ body }) => textAt(body, 'source') === 'aws.ecr' && textAt(body, 'detail-type') !== undefined,
  pushes({ body }) {
    const tag = textAt(body, 'detail', 'image-tag')
    const isPush = textAt(body, 'detail', 'action-type') === 'PUSH' && textAt(body, 'detail', 'result') === 'SUCCESS'
    if (textAt(body, 'detail-type') !== 'ECR Image Action' || !isPush || tag === undefined) return []
    return [
      pushEvent({
        host: hostOf(textAt(body, 'account'), textAt(body, 'region')),
        repository: textAt(body, 'detail', 'repository-name'),
        tags: [tag],
        digest: textAt(body, 'detail', 'image-digest'),
      }),
    ]
  },
}

/** Each account has a registry in each region; those in China have a domain of their own. */
function hostOf(account = '', region = ''): string {
  if (!/^\d{12}$/.test(account)) throw new HookError(`${quoted(account)} is no AWS account`)
  if (!/^[a-z]{2,4}(-[a-z]{1,12}){1,3}-\d{1,2}$/.test(region)) throw new HookError(`${quoted(region)} is no AWS region`)
  return `${account}.dkr.ecr.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

// Amazon Elastic Container Registry. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
import { ask, fieldsOf, HelperError, secretOf } from './ask.ts'
import { awsKeys } from './awsIdentity.ts'
import type { Cloud, CloudOptions } from './cloud.ts'
import { Renewed } from './renewed.ts'
import { type AwsKeys, signed } from './sigV4.ts'

const WHO = 'Amazon ECR'
/** https://docs.aws.amazon.com/general/latest/gr/ecr.html */
const HOST = /^\d{12}\.dkr[.-]ecr(?<fips>-fips)?\.(?<region>[a-z0-9-]+)\.(?<domain>amazonaws\.com(?:\.cn)?|on\.aws)$/
const TARGET = 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken'

/** One token is good for all registries of a region. */
export function ecr(options: CloudOptions): Cloud {
  const keys = new Renewed<AwsKeys>({
    fetch: (scope, signal) => awsKeys(options, parse(scope), signal),
    now: options.now,
  })
  return {
    hosts: '*.dkr.ecr.*.amazonaws.com',
    scope(host) {
      const { fips = '', region = '', domain = '' } = HOST.exec(host)?.groups ?? {}
      if (region === '') return undefined
      const api = fips === '' ? 'api.ecr' : 'ecr-fips'
      return [region, domain === 'on.aws' ? 'amazonaws.com' : domain, api].join(' ')
    },
    async fetch(scope, signal) {
      const { region, domain, api } = parse(scope)
      const url = new URL(`https://${api}.${region}.${domain}/`)
      const request = {
        method: 'POST' as const,
        url,
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': TARGET },
        body: '{}',
      }
      const time = new Date(options.now())
      const headers = signed(request, await keys.get(scope), { service: 'ecr', region, time })
      const text = await ask(options.outbound, { ...request, url: url.href, headers, who: WHO, signal })
      const { authorizationData } = fieldsOf(text, WHO)
      const [data] = (Array.isArray(authorizationData) ? authorizationData : []) as Record<string, unknown>[]
      const token = secretOf(data?.['authorizationToken'], 'authorizationToken', WHO)
      const [username = '', password] = Buffer.from(token, 'base64').toString('utf8').split(':', 2)
      const seconds = Number(data?.['expiresAt'])
      if (!(seconds > 0)) throw new HelperError(`${WHO} answers without a usable expiresAt`)
      return {
        value: { username, password: secretOf(password, 'authorizationToken', WHO) },
        expires: seconds * 1000,
      }
    },
  }
}

function parse(scope: string): { region: string; domain: string; api: string } {
  const [region = '', domain = '', api = ''] = scope.split(' ')
  return { region, domain, api }
}

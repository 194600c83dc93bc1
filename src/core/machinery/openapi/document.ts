// The OpenAPI documents of a server: one of version 2 for everything, one of version 3 for each group and version.
// https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition
import type { GroupVersion } from '../discovery.ts'
import { apiVersionOf } from '../object.ts'
import { Paths } from './paths.ts'
import { Definitions } from './schemas.ts'

const INFO = { title: 'Kubernetes', version: 'v1.32.0' }

/** `/apis/G/V`, or `/api/v1` for the core group. */
export function rootOf(v: { group: string; version: string }): string {
  return v.group === '' ? `/api/${v.version}` : `/apis/${apiVersionOf(v)}`
}

/** The document of `/openapi/v2`. */
export function openApiV2(versions: readonly GroupVersion[]): object {
  const definitions = new Definitions('v2')
  const paths = new Paths('v2', definitions)
  for (const version of versions) addVersion(paths, version)
  return { swagger: '2.0', info: INFO, paths, definitions }
}

/** The document of `/openapi/v3/apis/G/V`. */
export function openApiV3(version: GroupVersion): object {
  const definitions = new Definitions('v3')
  const paths = new Paths('v3', definitions)
  addVersion(paths, version)
  return { openapi: '3.0.0', info: INFO, paths, components: { schemas: definitions } }
}

function addVersion(paths: Paths, version: GroupVersion): void {
  const root = rootOf(version)
  paths.addDocument(`${root}/`, 'Lists the resources of this version.')
  for (const resource of version.resources) paths.addResource(root, resource)
}

// Where the certificate of the Service lies: a Secret that the server fills and renews, or that cert-manager does.
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Manifest } from '../manifest.ts'
import { AUTHORITY_SECRET, CERTIFICATE_SECRETS, NAME, serviceHost } from '../names.ts'

/** Annotation by which cert-manager writes the authority into APIServices. https://cert-manager.io/docs/concepts/ca-injector/ */
const INJECT = 'cert-manager.io/inject-ca-from'
export const CERT_MANAGER_GROUP = 'cert-manager.io'

const secret = (name: string, namespace: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
})

/** The Secret, empty: so the server needs no right to create any. Without a type: one that somebody has made keeps its own. */
export const certificateSecret = (namespace: string): Manifest => secret(CERTIFICATE_SECRETS.own, namespace)

/** Those that cert-manager makes for the objects below. It leaves them when these are deleted. */
export const certManagerSecrets = (namespace: string): Manifest[] =>
  [AUTHORITY_SECRET, MANAGED].map((name) => secret(name, namespace))

const MANAGED = CERTIFICATE_SECRETS['cert-manager']

/** cert-manager's own: an authority of its own, and a certificate of that. */
export function certManagerObjects(namespace: string): Manifest[] {
  const authority = AUTHORITY_SECRET
  const issuer = (name: string, spec: object): Manifest => ({
    apiVersion: `${CERT_MANAGER_GROUP}/v1`,
    kind: 'Issuer',
    metadata: { name, namespace },
    spec,
  })
  const certificate = (name: string, spec: object): Manifest => ({
    apiVersion: `${CERT_MANAGER_GROUP}/v1`,
    kind: 'Certificate',
    metadata: { name, namespace },
    spec: { privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' }, ...spec },
  })
  return [
    issuer(`${NAME}-self-signed`, { selfSigned: {} }),
    certificate(authority, {
      isCA: true,
      commonName: authority,
      secretName: authority,
      duration: '26280h',
      renewBefore: '8760h',
      issuerRef: { name: `${NAME}-self-signed`, kind: 'Issuer' },
    }),
    issuer(authority, { ca: { secretName: authority } }),
    certificate(MANAGED, {
      secretName: MANAGED,
      dnsNames: [serviceHost(namespace)],
      duration: '2160h',
      renewBefore: '720h',
      issuerRef: { name: authority, kind: 'Issuer' },
    }),
  ]
}

/** Lets cert-manager write the authority of that certificate into an object. */
export function injected(object: Manifest, namespace: string): Manifest {
  const annotations = { ...object.metadata.annotations, [INJECT]: `${namespace}/${MANAGED}` }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

/** Whether it does so, in whatever namespace. */
export const isInjected = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.[INJECT]?.endsWith(`/${MANAGED}`) ?? false

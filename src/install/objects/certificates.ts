// Where the certificate of the Service lies: a Secret that the server fills and renews, or that cert-manager does.
import type { Manifest } from '../manifest.ts'
import { CERTIFICATE_SECRET, NAME, serviceHost } from '../names.ts'

/** Annotation by which cert-manager writes the authority into APIServices. https://cert-manager.io/docs/concepts/ca-injector/ */
const INJECT = 'cert-manager.io/inject-ca-from'
export const CERT_MANAGER_GROUP = 'cert-manager.io'

/** The Secret, empty: so the server needs no right to create any. Without a type: one that cert-manager has made keeps its own. */
export function certificateSecret(namespace: string): Manifest {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: CERTIFICATE_SECRET, namespace } }
}

/** Secret in which cert-manager keeps the authority. */
export const AUTHORITY_SECRET = `${NAME}-authority`

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
    certificate(CERTIFICATE_SECRET, {
      secretName: CERTIFICATE_SECRET,
      dnsNames: [serviceHost(namespace)],
      duration: '2160h',
      renewBefore: '720h',
      issuerRef: { name: authority, kind: 'Issuer' },
    }),
  ]
}

/** Lets cert-manager write the authority of that certificate into an object. */
export function injected(object: Manifest, namespace: string): Manifest {
  const annotations = { ...object.metadata.annotations, [INJECT]: `${namespace}/${CERTIFICATE_SECRET}` }
  return { ...object, metadata: { ...object.metadata, annotations } }
}

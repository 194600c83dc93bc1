import { SELECTOR, type Manifest } from '../manifest.ts'
import { NAME } from '../names.ts'
import { PORT_NAME } from './service.ts'

/** Link-local addresses: there clouds answer whoever asks with the credentials of the node. */
const LINK_LOCAL_V4 = '169.254.0.0/16'
const LINK_LOCAL_V6 = 'fe80::/10'

/**
 * In comes only what is asked of the API: from anywhere, for nobody can tell the addresses of a kube-apiserver. Out goes what
 * imports need: registries are anywhere, on any port. Names are looked up anywhere, too: caches on the nodes are link-local.
 */
export function networkPolicy(namespace: string): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: NAME, namespace },
    spec: {
      podSelector: { matchLabels: SELECTOR },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ ports: [{ protocol: 'TCP', port: PORT_NAME }] }],
      egress: [
        {
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
        {
          to: [
            { ipBlock: { cidr: '0.0.0.0/0', except: [LINK_LOCAL_V4] } },
            { ipBlock: { cidr: '::/0', except: [LINK_LOCAL_V6] } },
          ],
        },
      ],
    },
  }
}

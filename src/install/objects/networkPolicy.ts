import { SELECTOR, type Manifest } from '../manifest.ts'
import { NAME } from '../names.ts'
import { PORT_NAME } from './service.ts'

/** Where clouds answer whoever asks with the credentials of the node: link-local addresses, and others that some have chosen. */
const METADATA_V4 = [
  '169.254.0.0/16',
  // Alibaba Cloud, the host agent of Azure, and Oracle Cloud Classic.
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
]
const METADATA_V6 = [
  'fe80::/10',
  // AWS, Google Cloud, Oracle Cloud and Scaleway.
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
  'fd00:c1::a9fe:a9fe/128',
  'fd00:42::42/128',
]

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
            { ipBlock: { cidr: '0.0.0.0/0', except: METADATA_V4 } },
            { ipBlock: { cidr: '::/0', except: METADATA_V6 } },
          ],
        },
      ],
    },
  }
}

// Field numbers of io.k8s.api.coordination.v1, as numbers.ts reads them.
export const coordination = {
  Lease: 'metadata spec',
  LeaseSpec: `
    holderIdentity leaseDurationSeconds acquireTime renewTime leaseTransitions strategy preferredHolder`,
}

// Field numbers of io.k8s.api.authentication.v1, as numbers.ts reads them.
export const authentication = {
  SelfSubjectReview: 'metadata status',
}

/** The OpenAPI name of a type of this group. */
export const definition = (kind: string): string => `com.github.openshift.api.image.v1.${kind}`

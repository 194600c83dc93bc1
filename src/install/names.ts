// Names of what is installed. Other parts find it by them, so they never change.

/** Default namespace of everything that has one. */
export const NAMESPACE = 'millrace'
/** Service, Deployment, ServiceAccount, roles and the rest. */
export const NAME = 'millrace'
/** The APIService of image streams, and that of what is known of imports. */
export const API_SERVICE = 'v1.image.openshift.io'
export const REPORT_API_SERVICE = 'v1alpha1.millrace.dev'
/** Both: who serves one serves the other. */
export const API_SERVICES = [API_SERVICE, REPORT_API_SERVICE] as const
/** Lease by which the replicas agree on who runs the controllers. */
export const LEASE = 'millrace-controllers'
/**
 * Secret with the certificate that the kube-apiserver finds, and the authority behind it; one for each who may make them. While servers of
 * both kinds run, the old ones go on to show the certificate that the cluster trusts.
 */
export const CERTIFICATE_SECRETS = { own: 'millrace-serving', 'cert-manager': 'millrace-cert-manager' } as const
/** Secret in which cert-manager keeps the authority. */
export const AUTHORITY_SECRET = 'millrace-authority'

/** ConfigMap with what the administrator says of registries, and its key. */
export const REGISTRIES = 'millrace-registries'
export const REGISTRIES_KEY = 'registries.yaml'

/** ConfigMap in which servers keep account of configured rates, and its key. The first that has to makes it. */
export const RATES = 'millrace-rates'
export const RATES_KEY = 'rates.json'

/** Label of the Secrets that make receivers of webhooks; its value is the kind of sender. */
export const RECEIVER_LABEL = 'millrace.dev/receiver'
/** Label of the pull secrets that imports of all namespaces may use; its value is `true`. */
export const DEFAULT_PULL_SECRET_LABEL = 'millrace.dev/default-pull-secret'

/** ConfigMap in which a kube-apiserver says whom it trusts, and where that lies. */
export const TRUST = { namespace: 'kube-system', name: 'extension-apiserver-authentication' }

/** Under which name the aggregator expects the server's certificate. */
export const serviceHost = (namespace: string): string => `${NAME}.${namespace}.svc`

/** Environment variable that tells a server the address of its pod. */
export const POD_IP = 'POD_IP'

// What Helm says after it has installed.
import { NAME } from '../names.ts'
import { namespaceObject } from '../objects/namespace.ts'
import { definitionName, STORED_KINDS } from '../storedKinds.ts'

/** NOTES.txt: how to see that it works, and what a chart cannot do. https://helm.sh/docs/chart_template_guide/notes_files/ */
export function notes(namespace: string): string {
  const labels = Object.entries(namespaceObject(namespace).metadata.labels ?? {}).map(
    ([key, value]) => `${key}=${value}`,
  )
  return `Image streams are served as soon as a pod runs:

  kubectl -n ${namespace} rollout status deployment/${NAME}
  kubectl get imagestreams -A

A chart cannot label the namespace that it is installed in. All pods of Millrace keep to the Pod Security standard "restricted";
to hold everything in the namespace to it:

  kubectl label namespace ${namespace} ${labels.join(' ')}

Uninstalling keeps the image streams. To delete them, too, for good:

  kubectl delete customresourcedefinition ${STORED_KINDS.map(definitionName).join(' ')}
`
}

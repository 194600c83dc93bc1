// What to do about failures that one can do something about. The failures themselves are told in the server's words.

const HINTS: readonly [when: RegExp, hint: string][] = [
  [/server gave HTTP response to HTTPS client/, 'the registry speaks plain HTTP: pass --insecure to import from it'],
  [/x509: certificate/, "the registry's certificate is not trusted: pass --insecure to import all the same"],
  [
    /you may not have access to|incorrect username or password/,
    'a private image needs a pull secret in the namespace: ' +
      'kubectl create secret docker-registry pull --docker-server=HOST --docker-username=NAME --docker-password=PASSWORD',
  ],
]

/** Lines for stderr, each once however many tags failed. */
export function hintsFor(problems: readonly string[]): string[] {
  return HINTS.filter(([when]) => problems.some((problem) => when.test(problem))).map(([, hint]) => `hint: ${hint}`)
}

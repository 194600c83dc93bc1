// Deliveries of registries that one does not run oneself: Docker Hub, GitHub, Quay, GitLab.
import { DIGEST, distributionEvent, pushed, WORLD, type Payload } from './payload.ts'

const hub = (repository: object) => ({
  callback_url: 'https://registry.hub.docker.com/u/svendowideit/testhook/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/',
  push_data: { pushed_at: 1_417_566_161, pusher: 'trustedbuilder', tag: 'latest' },
  repository: { is_official: false, is_private: true, status: 'Active', ...repository },
})

const githubPackage = (more: object = {}, version: object = {}) => ({
  id: 2_216_229,
  name: 'Hello-World',
  namespace: 'Octo-Org',
  ecosystem: 'CONTAINER',
  package_type: 'CONTAINER',
  owner: { login: 'Octo-Org', id: 6_811_672 },
  package_version: {
    id: 10_147_217,
    version: DIGEST,
    name: DIGEST,
    container_metadata: { tag: { name: '1.0', digest: DIGEST }, labels: {}, manifest: {} },
    package_url: 'ghcr.io/octo-org/hello-world:1.0',
    ...version,
  },
  ...more,
})

const githubEvent = { 'x-github-event': 'package', 'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958' }

const OCTO = pushed('ghcr.io', 'octo-org/hello-world', '1.0')

export const HOSTED: readonly Payload[] = [
  {
    what: 'a push',
    sender: 'dockerhub',
    body: hub({ repo_name: 'svendowideit/testhook' }),
    pushes: [{ host: 'docker.io', repository: 'svendowideit/testhook', tags: ['latest'] }],
  },
  {
    what: 'a push to an official image',
    sender: 'dockerhub',
    body: hub({ repo_name: 'ruby' }),
    pushes: [{ host: 'docker.io', repository: 'library/ruby', tags: ['latest'] }],
  },

  {
    what: 'package',
    sender: 'github',
    headers: githubEvent,
    body: { action: 'published', package: githubPackage() },
    pushes: OCTO,
  },
  {
    what: 'registry_package',
    sender: 'github',
    headers: { ...githubEvent, 'x-github-event': 'registry_package' },
    body: { action: 'updated', registry_package: githubPackage() },
    pushes: OCTO,
  },
  {
    what: 'a server of its own',
    sender: 'github',
    headers: githubEvent,
    body: {
      action: 'published',
      package: githubPackage({}, { package_url: 'containers.github.test/octo-org/hello-world:1.0' }),
    },
    pushes: pushed('containers.github.test', 'octo-org/hello-world', '1.0'),
  },
  {
    what: 'a manifest of one platform, without a tag',
    sender: 'github',
    headers: githubEvent,
    body: {
      action: 'published',
      package: githubPackage({}, { container_metadata: { tag: { name: '', digest: '' } } }),
    },
    pushes: [],
  },
  {
    what: 'a package of another kind',
    sender: 'github',
    headers: githubEvent,
    body: { action: 'published', package: githubPackage({ package_type: 'npm', ecosystem: 'npm' }) },
    pushes: [],
  },
  {
    what: 'ping',
    sender: 'github',
    headers: { 'x-github-event': 'ping' },
    body: { zen: 'Design for failure.', hook_id: 1 },
    pushes: [],
  },

  {
    what: 'a push',
    sender: 'quay',
    body: {
      name: 'repository',
      repository: 'dgangaia/test',
      namespace: 'dgangaia',
      docker_url: 'quay.io/dgangaia/test',
      homepage: 'https://quay.io/repository/dgangaia/repository',
      updated_tags: ['latest', 'v2'],
    },
    pushes: [{ host: 'quay.io', repository: 'dgangaia/test', tags: ['latest', 'v2'] }],
  },
  {
    what: 'a push, as old servers tell it',
    sender: 'quay',
    body: {
      pushed_image_count: 2,
      repository: 'devtable/ubuntu',
      docker_url: 'quay.io/devtable/ubuntu',
      updated_tags: { latest: 'b750fe79269d2ec9a3c593ef05b4332b1d1a02a62b4accb2c21d589ff2f5f2dc' },
    },
    pushes: [{ host: 'quay.io', repository: 'devtable/ubuntu', tags: ['latest'] }],
  },
  {
    what: 'a build in the queue',
    sender: 'quay',
    body: {
      build_id: '296ec063',
      repository: 'dgangaia/test',
      docker_url: 'quay.io/dgangaia/test',
      docker_tags: ['latest'],
    },
    pushes: [],
  },

  {
    what: 'a push of its registry',
    sender: 'gitlab',
    body: { events: [distributionEvent('push', { tag: 'latest' })] },
    pushes: WORLD,
  },
]

// The sandbox: a stand-in cluster. Its API is real, its containers are not.
export { sandboxResources } from './resources/index.ts'
export { startSandbox, type Sandbox, type SandboxOptions } from './simulation/start.ts'

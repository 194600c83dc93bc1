import { storeContract } from '../../test/contract/store.ts'
import { openMemory } from './memory.ts'

storeContract('memory', async (options) => openMemory(options))

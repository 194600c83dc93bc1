import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import type { GlobalOptions } from '../options.ts'

export function addTop(adm: Command, context: ProgramContext): void {
  const top = adm
    .command('top')
    .summary('show what images and image streams take')
    .description('Shows what images and image streams take.')
  const images = top
    .command('images')
    .summary('show what uses each image, and its size')
    .description('Shows for each image the tags and pods that use it, the images it is made from, and its size.')
    .action(async () => {
      const { topImages } = await import('../top/run.ts')
      await withSession(context, images, (session) => topImages(session, scope(images)))
    })
  const streams = top
    .command('imagestreams')
    .alias('is')
    .summary('show the size of each image stream')
    .description('Shows for each image stream the number and size of its present images.')
    .action(async () => {
      const { topStreams } = await import('../top/run.ts')
      await withSession(context, streams, (session) => topStreams(session, scope(streams)))
    })
}

/** All namespaces, unless one was asked for: that of the context does not count here. */
const scope = (command: Command): string => command.optsWithGlobals<GlobalOptions>().namespace ?? ''

/** Where the daemon's sockets are, and whether a path can be taken. */

import { existsSync, lstatSync, readFileSync, unlinkSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

/** Its members may read with masked numbers; those of the other one in the clear. */
export const maskedGroup = 'tollgate'
export const revealGroup = 'tollgate-reveal'

/** `/run/tollgate/tollgated.sock` for root or where systemd made the folder, else the user's own. */
export function usualSocket(env: Env, isRoot: boolean): string {
  const own = env.XDG_RUNTIME_DIR ?? ''
  const folder =
    isRoot || own === '' || existsSync('/run/tollgate') ? '/run/tollgate' : join(own, 'tollgate')
  return join(folder, 'tollgated.sock')
}

/** `/run/tollgate/tollgated-reveal.sock` */
export function revealSocket(path: string): string {
  return path.replace(/(\.sock)?$/, '-reveal.sock')
}

/** Why the path cannot be taken: somebody listens there, or it is no socket. */
export class SocketTaken extends Error {}

/** Removes a socket that nobody listens on. Rejects with a SocketTaken. */
export async function clearSocket(path: string): Promise<void> {
  if (!existsSync(path)) return
  if (!lstatSync(path).isSocket()) throw new SocketTaken(`${path}: exists and is not a socket`)
  if (await isAnswered(path)) throw new SocketTaken(`${path}: taken by a daemon that is running`)
  unlinkSync(path)
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createConnection(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT')
    })
  })
}

/** Number of a group of this machine; undefined when there is none of that name. */
export function groupNumber(name: string): number | undefined {
  if (!existsSync('/etc/group')) return undefined
  for (const line of readFileSync('/etc/group', 'utf8').split('\n')) {
    const [group, , number] = line.split(':')
    if (group === name) return Number(number)
  }
  return undefined
}

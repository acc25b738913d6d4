/** The daemon's two sockets: masked numbers for one group, numbers in the clear for another. A client costs a bounded
 * amount of memory; one that does not read, or sends what is not the protocol, loses its own connection. */

import { chmodSync, chownSync, existsSync, unlinkSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import type { LocalView } from '../view/local-view.js'
import { ClientConnection } from './client-connection.js'
import { clearSocket, groupNumber, maskedGroup, revealGroup, revealSocket } from './socket-path.js'

export const mostClients = 1000

export interface ServerOptions {
  path: string
  probe: string
  version: string
  masked: LocalView
  revealed: LocalView
  /** is told what an operator should know of clients */
  notice(level: 'info' | 'warn', event: string, fields: Record<string, unknown>): void
}

export class ProbeServer {
  /** connections that were ended because nobody read, or that came when there were too many */
  dropped = 0
  readonly #options: ServerOptions
  readonly #servers: { server: Server; path: string }[] = []
  readonly #clients = new Set<ClientConnection>()

  constructor(options: ServerOptions) {
    this.#options = options
  }

  get connected(): number {
    return this.#clients.size
  }

  /** Rejects with a SocketTaken, or the system's error. */
  async listen(): Promise<void> {
    const { path, masked, revealed } = this.#options
    await this.#open(path, maskedGroup, masked, false)
    await this.#open(revealSocket(path), revealGroup, revealed, true)
  }

  /** Ends all connections and removes the sockets. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.end()
    await Promise.all(
      this.#servers.map(async ({ server, path }) => {
        await new Promise<void>(resolve => {
          server.close(() => resolve())
        })
        if (existsSync(path)) unlinkSync(path)
      }),
    )
  }

  async #open(path: string, group: string, view: LocalView, isReveal: boolean): Promise<void> {
    await clearSocket(path)
    const server = createServer(socket => this.#connected(socket, view, isReveal))
    // from its first moment nobody else may connect
    const before = process.umask(0o177)
    try {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen({ path, backlog: mostClients }, () => resolve())
      })
    } finally {
      process.umask(before)
    }
    this.#servers.push({ server, path })
    this.#admit(path, group)
    server.on('error', error => {
      this.#options.notice('warn', 'socket_error', { path, error: error.message })
    })
  }

  /** The group may connect; without it only the daemon's own user. */
  #admit(path: string, group: string): void {
    const number = groupNumber(group)
    if (number === undefined) {
      this.#options.notice('info', 'no_group', { path, group })
      return
    }
    try {
      chownSync(path, process.geteuid?.() ?? -1, number)
      chmodSync(path, 0o660)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      this.#options.notice('warn', 'no_group', { path, group, error: text })
    }
  }

  #connected(socket: Socket, view: LocalView, isReveal: boolean): void {
    const { probe, version, notice } = this.#options
    if (this.#clients.size >= mostClients) {
      this.dropped++
      socket.destroy()
      notice('warn', 'client_refused', { clients: this.#clients.size })
      return
    }
    const client = new ClientConnection(socket, view, {
      welcome: { probe, version, revealed: isReveal },
      hello: name => {
        if (isReveal) notice('warn', 'numbers_shown', { client: name })
      },
      asked: (name, what) => {
        if (isReveal) notice('info', 'numbers_asked', { client: name, what })
      },
      ended: why => {
        this.#clients.delete(client)
        if (why === '') return
        this.dropped++
        notice('warn', 'client_dropped', { why })
      },
    })
    this.#clients.add(client)
  }
}

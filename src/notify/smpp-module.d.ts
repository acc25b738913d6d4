/** What is used of the package `smpp` 0.5.1, which has no types of its own. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events'
  import type { Socket } from 'node:net'

  namespace smpp {
    interface Pdu {
      command: string
      command_status: number
      sequence_number: number
      message_id?: string
      esm_class?: number
      short_message?: { message?: string | Buffer }
      receipted_message_id?: string
      message_state?: number
      response(fields?: object): Pdu
    }

    type Answered = (pdu: Pdu) => void

    interface Session extends EventEmitter {
      readonly socket: Socket
      bind_transceiver(fields: object, answered: Answered): boolean
      submit_sm(fields: object, answered: Answered): boolean
      enquire_link(fields: object, answered: Answered): boolean
      unbind(fields: object, answered: Answered): boolean
      send(pdu: Pdu): boolean
      close(): void
      destroy(): void
    }
  }

  const smpp: {
    connect(options: { url: string }): smpp.Session
    errors: Readonly<Record<string, number>>
    encodings: { readonly ASCII: { encode(text: string): Buffer } }
  }

  export = smpp
}

/** What happened to sessions, as data: the pipeline makes records of it, formats the times and masks. */

export type SessionEventKind =
  | 'create-request'
  | 'created'
  | 'rejected'
  | 'updated'
  | 'deleted'
  | 'replaced' // created again with no delete in between, or its tunnel was given to another
  | 'error-indication'
  | 'peer-restart' // Recovery counter went up
  | 'no-response'
  // what a policy, a charging or an accounting session says of who has an address
  | 'gx-start'
  | 'gx-stop'
  | 'gy-start'
  | 'gy-stop'
  | 'radius-start'
  | 'radius-interim'
  | 'radius-stop'

/** Events after which a session is what its facts say. */
export const placedEvents: ReadonlySet<SessionEventKind> = new Set([
  'create-request',
  'created',
  'rejected',
  'updated',
])

/** What a session was when something happened to it; '' and -1 mean absent. */
export interface SessionPlace {
  gtpVersion: number
  rat: string
  uli: string
  servingPlmn: string
  ueV4: string
  ueV6: string
  ggsn: string
}

/** '' and -1 mean absent. */
export interface SessionEventData {
  timeUs: number
  frame: number
  event: SessionEventKind
  /** instance number of the context */
  context: number
  imsi: string
  msisdn: string
  apn: string
  cause: number
  causeName: string
  /** one sentence with the values that changed */
  detail: string
  /** of events that ask for a session, open, refuse or change one */
  place: SessionPlace | undefined
}

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
}

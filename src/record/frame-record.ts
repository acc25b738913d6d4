/** One frame as `tollgate dissect` shows it: its layers and the fields that they hold. */

/** Field values keep the order of the octets; a field that occurs once has a list of one. */
export interface FrameRecord {
  type: 'frame'
  schema: 'tollgate.frame/1'
  /** from 1, over all files in time order */
  frame: number
  /** RFC 3339 */
  ts: string
  /** octets on the wire */
  len: number
  /** octets captured, when they are fewer */
  caplen?: number
  /** personal numbers are masked */
  masked?: boolean
  /** Wireshark's protocol names, from the outermost to the innermost */
  layers: readonly string[]
  /** by Wireshark's field names */
  fields: Readonly<Record<string, readonly (string | number)[]>>
}

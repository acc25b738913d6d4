/** Commands and applications of Diameter by name. Read RFC 6733 sections 3.1 and 11.2 (assignment); the numbers
 * of 3GPP are in TS 29.230 clauses 5 and 6, the messages in the standard named with each. */

/** Applications that carry what Tollgate joins to a subscriber. */
export const DiameterApplication = {
  Base: 0,
  Accounting: 3,
  CreditControl: 4,
  Gx: 16777238,
  S6a: 16777251,
  Sy: 16777302,
  Sd: 16777303,
} as const

/** Commands of those applications. */
export const DiameterCommand = {
  CapabilitiesExchange: 257,
  ReAuth: 258,
  Accounting: 271,
  CreditControl: 272,
  AbortSession: 274,
  SessionTermination: 275,
  DeviceWatchdog: 280,
  DisconnectPeer: 282,
  UpdateLocation: 316,
  CancelLocation: 317,
  AuthenticationInformation: 318,
  InsertSubscriberData: 319,
  DeleteSubscriberData: 320,
  PurgeUe: 321,
  Reset: 322,
  Notify: 323,
  SpendingLimit: 8388635,
  SpendingStatusNotification: 8388636,
} as const

/** Letters of the request and answer (`CC`: CCR, CCA), and the name. */
const commands: Readonly<Record<number, readonly [letters: string, name: string]>> = {
  257: ['CE', 'Capabilities-Exchange'],
  258: ['RA', 'Re-Auth'],
  265: ['AA', 'AA'],
  268: ['DE', 'Diameter-EAP'],
  271: ['AC', 'Accounting'],
  272: ['CC', 'Credit-Control'],
  274: ['AS', 'Abort-Session'],
  275: ['ST', 'Session-Termination'],
  280: ['DW', 'Device-Watchdog'],
  282: ['DP', 'Disconnect-Peer'],
  300: ['UA', 'User-Authorization'],
  301: ['SA', 'Server-Assignment'],
  302: ['LI', 'Location-Info'],
  303: ['MA', 'Multimedia-Auth'],
  304: ['RT', 'Registration-Termination'],
  305: ['PP', 'Push-Profile'],
  306: ['UD', 'User-Data'],
  307: ['PU', 'Profile-Update'],
  308: ['SN', 'Subscribe-Notifications'],
  309: ['PN', 'Push-Notification'],
  316: ['UL', 'Update-Location'],
  317: ['CL', 'Cancel-Location'],
  318: ['AI', 'Authentication-Information'],
  319: ['ID', 'Insert-Subscriber-Data'],
  320: ['DS', 'Delete-Subscriber-Data'],
  321: ['PU', 'Purge-UE'],
  322: ['RS', 'Reset'],
  323: ['NO', 'Notify'],
  324: ['EC', 'ME-Identity-Check'],
  8388620: ['PL', 'Provide-Location'],
  8388621: ['LR', 'Location-Report'],
  8388622: ['RI', 'LCS-Routing-Info'],
  8388635: ['SL', 'Spending-Limit'],
  8388636: ['SN', 'Spending-Status-Notification'],
  8388637: ['TS', 'TDF-Session'],
  8388647: ['SR', 'Send-Routing-Info-for-SM'],
}

const applications: Readonly<Record<number, string>> = {
  0: 'base',
  1: 'NASREQ',
  3: 'accounting',
  4: 'credit control',
  5: 'EAP',
  16777216: 'Cx',
  16777217: 'Sh',
  16777222: 'Gq',
  16777224: 'Gx release 6',
  16777236: 'Rx',
  16777238: 'Gx',
  16777250: 'STa',
  16777251: 'S6a',
  16777252: 'S13',
  16777255: 'SLg',
  16777264: 'SWm',
  16777265: 'SWx',
  16777266: 'Gxx',
  16777267: 'S9',
  16777272: 'S6b',
  16777291: 'SLh',
  16777302: 'Sy',
  16777303: 'Sd',
  16777310: 'S6m',
  16777312: 'S6c',
  16777313: 'SGd',
  4294967295: 'relay',
}

/** `CCR`, `ULA`; `command 999 request` for the ones without a name here. */
export function commandLetters(command: number, request: boolean): string {
  const row = commands[command]
  if (row === undefined) return `command ${command} ${request ? 'request' : 'answer'}`
  return row[0] + (request ? 'R' : 'A')
}

/** `Credit-Control-Request`. */
export function commandName(command: number, request: boolean): string {
  const row = commands[command]
  if (row === undefined) return commandLetters(command, request)
  return `${row[1]}-${request ? 'Request' : 'Answer'}`
}

/** `Gx`; `application 999` for the ones without a name here. */
export function applicationName(application: number): string {
  return applications[application] ?? `application ${application}`
}

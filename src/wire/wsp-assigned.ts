/** Numbers that WSP assigns: WAP-230-WSP appendix A, tables 34 to 42, with the later registrations of the
 * OMA naming authority (media types 0x3f..0x5a, application ids). Data only; index = number unless a
 * comment says otherwise. */

/** Table 36 for 0x10..0x65: the status code as an HTTP status number; 0 where nothing is assigned. */
export const httpStatusOf: Uint16Array = statusTable()

function statusTable(): Uint16Array {
  const table = new Uint16Array(256)
  const groups = [
    [0x10, 100, 2],
    [0x20, 200, 7],
    [0x30, 300, 6],
    [0x37, 307, 1], // 306 was never used by HTTP
    [0x40, 400, 18], // 0x4f is 415 and 0x50, 0x51 go on with 416, 417
    [0x60, 500, 6],
  ] as const
  for (const [code, status, count] of groups) {
    for (let i = 0; i < count; i++) table[code + i] = status + i
  }
  return table
}

/** Table 35 (abort reason codes), index = code - 0xe0. Also the reason of a WTP user abort. */
export const wspAbortReasons = [
  'PROTOERR',
  'DISCONNECT',
  'SUSPEND',
  'RESUME',
  'CONGESTION',
  'CONNECTERR',
  'MRUEXCEEDED',
  'MOREXCEEDED',
  'PEERREQ',
  'NETERR',
  'USERREQ',
  'USERRFS',
  'USERPND',
  'USERDCR',
  'USERDCU',
] as const

/** Table 39, header code page 1. Names that occur twice differ in encoding version only. */
export const headerFieldNames = [
  'Accept',
  'Accept-Charset',
  'Accept-Encoding',
  'Accept-Language',
  'Accept-Ranges',
  'Age',
  'Allow',
  'Authorization',
  'Cache-Control',
  'Connection',
  'Content-Base',
  'Content-Encoding',
  'Content-Language',
  'Content-Length',
  'Content-Location',
  'Content-MD5',
  'Content-Range',
  'Content-Type',
  'Date',
  'ETag',
  'Expires',
  'From',
  'Host',
  'If-Modified-Since',
  'If-Match',
  'If-None-Match',
  'If-Range',
  'If-Unmodified-Since',
  'Location',
  'Last-Modified',
  'Max-Forwards',
  'Pragma',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'Public',
  'Range',
  'Referer',
  'Retry-After',
  'Server',
  'Transfer-Encoding',
  'Upgrade',
  'User-Agent',
  'Vary',
  'Via',
  'Warning',
  'WWW-Authenticate',
  'Content-Disposition',
  'X-Wap-Application-Id',
  'X-Wap-Content-URI',
  'X-Wap-Initiator-URI',
  'Accept-Application',
  'Bearer-Indication',
  'Push-Flag',
  'Profile',
  'Profile-Diff',
  'Profile-Warning',
  'Expect',
  'TE',
  'Trailer',
  'Accept-Charset',
  'Accept-Encoding',
  'Cache-Control',
  'Content-Range',
  'X-Wap-Tod',
  'Content-ID',
  'Set-Cookie',
  'Cookie',
  'Encoding-Version',
  'Profile-Warning',
  'Content-Disposition',
  'X-WAP-Security',
  'Cache-Control',
  'Expect',
  'X-Wap-Loc-Invocation',
  'X-Wap-Loc-Delivery',
] as const

/** Numbers of table 39 that the decoders look for. */
export const HeaderField = {
  AcceptLanguage: 0x03,
  ContentLocation: 0x0e,
  ContentType: 0x11,
  Host: 0x16,
  Referer: 0x24,
  UserAgent: 0x29,
  XWapApplicationId: 0x2f,
  XWapContentUri: 0x30,
  XWapInitiatorUri: 0x31,
  Profile: 0x35,
} as const

/** How the number in a value of the field is to be read; fields not listed are text or plain numbers. */
export const headerValueKinds: { readonly [code: number]: HeaderValueKind } = {
  0: 'media',
  1: 'charset',
  3: 'language',
  6: 'method',
  11: 'coding',
  12: 'language',
  17: 'media',
  18: 'date',
  20: 'date',
  23: 'date',
  27: 'date',
  29: 'date',
  34: 'method',
  47: 'application',
  50: 'application',
  59: 'charset',
  63: 'date',
  67: 'version',
}
export type HeaderValueKind =
  | 'media'
  | 'charset'
  | 'language'
  | 'method'
  | 'coding'
  | 'date'
  | 'application'
  | 'version'

/** Clause 8.4.2.18. */
export const contentCodings = ['gzip', 'compress', 'deflate'] as const

/** Table 40 and its registry. */
export const mediaTypes = [
  '*/*',
  'text/*',
  'text/html',
  'text/plain',
  'text/x-hdml',
  'text/x-ttml',
  'text/x-vCalendar',
  'text/x-vCard',
  'text/vnd.wap.wml',
  'text/vnd.wap.wmlscript',
  'text/vnd.wap.wta-event',
  'multipart/*',
  'multipart/mixed',
  'multipart/form-data',
  'multipart/byteranges',
  'multipart/alternative',
  'application/*',
  'application/java-vm',
  'application/x-www-form-urlencoded',
  'application/x-hdmlc',
  'application/vnd.wap.wmlc',
  'application/vnd.wap.wmlscriptc',
  'application/vnd.wap.wta-eventc',
  'application/vnd.wap.uaprof',
  'application/vnd.wap.wtls-ca-certificate',
  'application/vnd.wap.wtls-user-certificate',
  'application/x-x509-ca-cert',
  'application/x-x509-user-cert',
  'image/*',
  'image/gif',
  'image/jpeg',
  'image/tiff',
  'image/png',
  'image/vnd.wap.wbmp',
  'application/vnd.wap.multipart.*',
  'application/vnd.wap.multipart.mixed',
  'application/vnd.wap.multipart.form-data',
  'application/vnd.wap.multipart.byteranges',
  'application/vnd.wap.multipart.alternative',
  'application/xml',
  'text/xml',
  'application/vnd.wap.wbxml',
  'application/x-x968-cross-cert',
  'application/x-x968-ca-cert',
  'application/x-x968-user-cert',
  'text/vnd.wap.si',
  'application/vnd.wap.sic',
  'text/vnd.wap.sl',
  'application/vnd.wap.slc',
  'text/vnd.wap.co',
  'application/vnd.wap.coc',
  'application/vnd.wap.multipart.related',
  'application/vnd.wap.sia',
  'text/vnd.wap.connectivity-xml',
  'application/vnd.wap.connectivity-wbxml',
  'application/pkcs7-mime',
  'application/vnd.wap.hashed-certificate',
  'application/vnd.wap.signed-certificate',
  'application/vnd.wap.cert-response',
  'application/xhtml+xml',
  'application/wml+xml',
  'text/css',
  'application/vnd.wap.mms-message',
  'application/vnd.wap.rollover-certificate',
  'application/vnd.wap.locc+wbxml',
  'application/vnd.wap.loc+xml',
  'application/vnd.syncml.dm+wbxml',
  'application/vnd.syncml.dm+xml',
  'application/vnd.syncml.notification',
  'application/vnd.wap.xhtml+xml',
  'application/vnd.wv.csp.cir',
  'application/vnd.oma.dd+xml',
  'application/vnd.oma.drm.message',
  'application/vnd.oma.drm.content',
  'application/vnd.oma.drm.rights+xml',
  'application/vnd.oma.drm.rights+wbxml',
  'application/vnd.wv.csp+xml',
  'application/vnd.wv.csp+wbxml',
  'application/vnd.syncml.ds.notification',
  'audio/*',
  'video/*',
  'application/vnd.oma.dd2+xml',
  'application/mikey',
  'application/vnd.oma.dcd',
  'application/vnd.oma.dcdc',
  'text/x-vMessage',
  'application/vnd.omads-email+wbxml',
  'text/x-vBookmark',
  'application/vnd.syncml.dm.notification',
  '', // 0x59 is not assigned
  'application/octet-stream',
] as const

/** Registered by companies: 0x0201 and up, so never a short integer. */
export const companyMediaTypes: { readonly [code: number]: string } = {
  513: 'application/vnd.uplanet.cacheop-wbxml',
  514: 'application/vnd.uplanet.signal',
  515: 'application/vnd.uplanet.alert-wbxml',
  516: 'application/vnd.uplanet.list-wbxml',
  517: 'application/vnd.uplanet.listcmd-wbxml',
  518: 'application/vnd.uplanet.channel-wbxml',
  519: 'application/vnd.uplanet.provisioning-status-uri',
  520: 'x-wap.multipart/vnd.uplanet.header-set',
  521: 'application/vnd.uplanet.bearer-choice-wbxml',
  522: 'application/vnd.phonecom.mmc-wbxml',
  523: 'application/vnd.nokia.syncset+wbxml',
  524: 'image/x-up-wpng',
  768: 'application/iota.mmc-wbxml',
  769: 'application/iota.mmc-xml',
}

/** Table 41 in order, `*` = any; 0x80 is not assigned. */
export const languages: readonly string[] = (
  '* aa ab af am ar as ay az ba be bg bh bi bn bo br ca co cs cy da de dz el en eo es et eu fa fi ' +
  'fj ur fr uz ga gd gl gn gu ha he hi hr hu hy vi id wo xh is it yo ja jw ka kk za km kn ko ks ku ' +
  'ky zh ln lo lt lv mg mi mk ml mn mo mr ms mt my uk ne nl no oc om or pa pl ps pt qu zu rn ro ru ' +
  'rw sa sd sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ug ' +
  '? na fo fy ia vo ie ik yi iu kl la rm'
).split(' ')

/** Push application ids of the OMA naming authority: what the application of a push is. */
export const applicationIds: { readonly [id: number]: string } = {
  0: 'x-wap-application:*',
  1: 'x-wap-application:push.sia',
  2: 'x-wap-application:wml.ua',
  3: 'x-wap-application:wta.ua',
  4: 'x-wap-application:mms.ua',
  5: 'x-wap-application:push.syncml',
  6: 'x-wap-application:loc.ua',
  7: 'x-wap-application:syncml.dm',
  8: 'x-wap-application:drm.ua',
  9: 'x-wap-application:emn.ua',
  10: 'x-wap-application:wv.ua',
}

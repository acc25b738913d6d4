/** Messages of the control plane for the fuzzer where no capture has one: short, whole, and with one of
 * everything that is walked. */

import { hex } from '../helpers/hex.js'

/** An SCTP packet: two fragments of a user message and a SACK. */
export const sctpExample = hex(`
  0f1c 0f1c 00000001 00000000       # ports, verification tag, checksum
  00 02 0014 00000001 0001 0000 0000002e 01000018
  00 01 0018 00000002 0001 0000 0000002e 8000011700000000
  03 00 0010 00000002 00010000 0000 0000`)

/** A PFCP Session Establishment Request with one PDR, FAR, URR and QER. */
export const pfcpExample = hex(`
  21 32 00d1 0000000000000000 000001 00
  003c 0005 00 0a000001                       # Node ID
  0039 000d 02 00000000000000ff 0a000001      # F-SEID
  0001 0034                                   # Create PDR
    0038 0002 0001  001d 0004 000000ff
    0002 001a 0014 0001 00  0015 0009 01 f0000001 0a000002  0016 0004 03677761
    006c 0004 00000001
  0003 0032                                   # Create FAR
    006c 0004 00000001  002c 0001 02
    0004 0021 002a 0001 01
      0026 0018 02 0013 687474703a2f2f706f7274616c2e746573742f 0000
  0006 001a                                   # Create URR
    0051 0004 00000001  003e 0001 02  001f 0009 01 000000000000ffff
  0007 001b                                   # Create QER
    006d 0004 00000001  0019 0001 00  001a 000a 0000000001 0000000001`)

/** A Diameter Credit-Control Answer with a granted service that has a redirect at its end. */
export const diameterExample = hex(`
  01 0000c0 40 000110 00000004 00000001 00000002
  00000107 40 000010 6f63732e3b313b31         # Session-Id
  0000010c 40 00000c 000007d1                 # Result-Code 2001
  00000102 40 00000c 00000004                 # Auth-Application-Id
  000001a0 40 00000c 00000001                 # CC-Request-Type
  0000019f 40 00000c 00000000                 # CC-Request-Number
  000001c8 40 00006c                          # Multiple-Services-Credit-Control
    000001b0 40 00000c fffffffe               # Rating-Group
    000001af 40 000018                        # Granted-Service-Unit
      000001a5 40 000010 0000000000010000     # CC-Total-Octets
    000001ae 40 000040                        # Final-Unit-Indication
      000001c1 40 00000c 00000001             # Final-Unit-Action REDIRECT
      000001b2 40 00002c                      # Redirect-Server
        000001b1 40 00000c 00000002
        000001b3 40 000018 687474703a2f2f706f7274616c2e7465`)

/** A RADIUS Accounting-Request with an attribute of 3GPP. */
export const radiusExample = hex(`
  04 01 0043 00000000000000000000000000000000
  28 06 00000001                              # Acct-Status-Type Start
  08 06 0aa10001                              # Framed-IP-Address
  1e 07 3367776170                            # Called-Station-Id
  1a 17 000028af 01 11 343630303130303030303030303031
  2c 05 616263                                # Acct-Session-Id`)

/** A GTP' Data Record Transfer Request with two charging records. */
export const gtpPrimeExample = hex(`
  4e f0 0017 0001
  7e 01                                       # Packet Transfer Command: send
  fc 0012 02 01 8750 0005 3003800101 0004 30028000 00`)

/** A PGW-CDR with a traffic volume and two service containers, one of indefinite length. */
export const chargingRecordExample = hex(`
  bf4f 81 90
    80 01 55  83 08 64000121436587f9  a4 06 8004 c0000201  85 02 1001
    a9 08 a006 8004 0aa10011
    ac 17 30 15 8301 64  8402 00c8  8501 02  8609 1411210135002b0000
    8d 09 1411210130002b0000  8e 02 012c  94 01 01  96 08 91685113000010f1
    bf22 35
      30 21 8105 00fe06fffe  8509 1411210130052b0000  8c02 04d2  8d02 162e  9101 07  8800 8200
      30 80 8101 05  8c01 64  8d01 0a  aa00 8401 02  0000`)

/** What to tell the subscriber, and what the network has to do, for each cause (blocked-after-renewal.md B1). The texts
 * are the operator's to change; these are the ones of that document. */

import type { Recovery, RenewalCause } from '../record/alert-record.js'

const restart = {
  user:
    'Your renewal is active but your phone has not resumed data. Turn flight mode on for 30 seconds, then off, ' +
    'or restart the phone.',
  user_zh:
    '您已成功续订流量。系统发现您的手机仍未恢复上网,请打开飞行模式30秒后关闭,或重启手机。如仍无法上网请回复本短信。',
}
const wait = {
  user: 'Your renewal is being applied by us. No action needed; we will text you.',
  user_zh: '您的续订已受理,网络侧正在恢复,无需重启手机,恢复后将短信通知。',
}

const steps: Readonly<Record<RenewalCause, Recovery>> = {
  C1: {
    ...restart,
    network: 'Cancel-Location with re-attach-required (CLR-Flags); nothing else is needed then.',
    network_zh: '下发CLR并置re-attach-required标志,之后无需其他操作。',
  },
  C2: {
    ...wait,
    network:
      'Restore the subscription in HLR/HSS/UDM (ODB, APN), send IDR or CLR; only then tell the user to toggle ' +
      'flight mode.',
    network_zh: '在HLR/HSS/UDM恢复签约(ODB、APN),下发IDR或CLR;完成后再提示用户开关飞行模式。',
  },
  C3: {
    ...restart,
    network:
      'Delete Bearer with cause 8 "Reactivation requested" (ESM cause 39), so that the session moves off the ' +
      'stop APN or arrears pool.',
    network_zh:
      '以原因值8(Reactivation requested,ESM原因39)删除承载,使会话离开停机APN或欠费地址池。',
  },
  C4: {
    ...restart,
    network: 'RAR of the charging system for the session; check Validity-Time of the final unit.',
    network_zh: '由OCS对该会话下发RAR,并检查最后单元的Validity-Time。',
  },
  C5: {
    ...wait,
    network:
      'Post the order to the right account, or extend the credit; a restart of the phone does not help.',
    network_zh: '将订单入账到正确的账本或授信;重启手机无效。',
  },
  C6: {
    ...restart,
    network: 'Have the PCRF evaluate its policy again (Sy report, or RAR on Gx).',
    network_zh: '触发PCRF重新评估策略(Sy上报或Gx RAR)。',
  },
  C7: {
    ...restart,
    network:
      'Repair the session binding or the rule that the gateway refused; send the refresh again.',
    network_zh: '修复会话绑定或被网关拒绝的规则,重新下发刷新。',
  },
  C8: {
    ...restart,
    network:
      'Ticket for the gateway or UPF: reset the session, compare FAR, QER and URR with the policy.',
    network_zh: '向网关/UPF派单:重置会话,核对FAR、QER、URR与策略是否一致。',
  },
  C9: {
    ...restart,
    network: 'Restore APN-AMBR or MBR of the session.',
    network_zh: '恢复会话的APN-AMBR或MBR。',
  },
  C10: {
    user: 'Please close and reopen the browser, or clear its cache.',
    user_zh: '请关闭并重新打开浏览器/清除缓存。',
    network: 'Nothing: shorten the cache time of the redirect and the TTL of the DNS answer.',
    network_zh: '网络侧无需操作;建议缩短重定向缓存时间与DNS TTL。',
  },
  C11: {
    ...wait,
    network: 'Replay the provisioning order from billing to the target that failed.',
    network_zh: '由计费侧向失败的网元重新下发开通指令。',
  },
  C12: {
    user: 'The pack that you bought does not cover this traffic. Reply for packs that do.',
    user_zh: '您订购的流量包不包含当前流量(定向/闲时/漫游)。如需通用流量请回复办理。',
    network: 'Nothing: service works as ordered.',
    network_zh: '网络侧无需操作:业务与订购一致。',
  },
  C13: {
    ...restart,
    network:
      'Have the terminal attach again; a ticket when several users of the node are concerned.',
    network_zh: '触发终端重新附着;若同一网元多个用户受影响则派单。',
  },
  CX: {
    ...restart,
    network:
      'The control plane is not visible here: a care ticket when it is not cured in 15 minutes.',
    network_zh: '此处看不到控制面信令:15分钟内未恢复则转客服工单。',
  },
}

export function recoveryOf(cause: RenewalCause): Recovery {
  return steps[cause]
}

const names: Readonly<Record<RenewalCause, string>> = {
  C1: 'handset does not try again',
  C2: 'subscription not restored',
  C3: 'stop APN or arrears pool',
  C4: 'charging redirect still active',
  C5: 'credit denied after the renewal',
  C6: 'policy not refreshed',
  C7: 'refresh lost or refused',
  C8: 'gateway or UPF still closed',
  C9: 'throttle still on',
  C10: 'handset remembers the redirect',
  C11: 'provisioning failed',
  C12: 'pack does not cover this traffic',
  C13: 'stale tunnel',
  CX: 'blocked, control plane not visible',
}

export function causeName(cause: RenewalCause): string {
  return names[cause]
}

/** One interface of a live capture over its whole life: the program that captures from it now, programs
 * started again when one ended by itself, what was lost in each run, and when nothing was captured. */

import { BlockReader } from '../block-reader.js'
import { CaptureFile, standardInput } from '../capture-file.js'
import type { AddInterface } from '../frame-cursor.js'
import { CaptureTool } from './capture-tool.js'
import type { CaptureSettings, Engine, ToolCounts } from './engine.js'
import { type InterfaceFacts, interfaceFacts } from './interface-facts.js'
import { LiveFailure } from './live-failure.js'
import { type CaptureGap, gapsKept, type LiveInterfaceStatus } from './live-status.js'

/** Pseudo-interface of libpcap: packets of all interfaces. */
const anyInterface = 'any'
const watchMs = 250
const countsMs = 1000
const backOffMs = [250, 500, 1000, 2000, 5000] as const
/** How long a packet may wait in the kernel's buffer before the program gets it (tcpdump's time-out). */
const retireMs = 1100
const retireImmediateMs = 200

export interface LiveInterfaceOptions {
  name: string
  /** position among the interfaces: decides between equal times */
  order: number
  engine: Engine
  settings: CaptureSettings
  /** is told in words what happens: `eth1: interface down` */
  notice: (text: string) => void
}

export class LiveInterface {
  readonly status: LiveInterfaceStatus
  /** frames of the program that runs now */
  file: CaptureFile | undefined
  #tool: CaptureTool | undefined
  readonly #options: LiveInterfaceOptions
  readonly #addInterface: AddInterface
  readonly #reader = new BlockReader()
  /** losses of the runs that are over */
  #before: ToolCounts = { captured: 0, kernel: 0, queue: 0 }
  #facts: InterfaceFacts | undefined
  #watch: NodeJS.Timeout | undefined
  #askedMs = 0
  #gap: CaptureGap | undefined
  #attempts = 0
  #stopMs = Number.POSITIVE_INFINITY
  #stopTimer: NodeJS.Timeout | undefined
  #wake: (() => void) | undefined

  constructor(options: LiveInterfaceOptions, addInterface: AddInterface) {
    this.#options = options
    this.#addInterface = addInterface
    this.status = {
      name: options.name,
      engine: options.engine.name,
      isUp: false,
      frames: 0,
      kernelDrops: options.engine.countsKernelDrops ? 0 : undefined,
      interfaceDrops: undefined,
      queueDrops: 0,
      gaps: [],
      gapCount: 0,
    }
  }

  get hasFrame(): boolean {
    return this.file?.hasFrame === true
  }

  /** More has come than is being read. */
  get isBehind(): boolean {
    return (this.#tool?.stream.readableLength ?? 0) > 0
  }

  /** Starts capturing. An interface that is down is waited for; anything else rejects with a LiveFailure. */
  async open(): Promise<void> {
    const { name } = this.#options
    this.#facts = name === anyInterface ? undefined : interfaceFacts(name)
    if (this.#facts !== undefined) this.status.interfaceDrops = 0
    try {
      await this.#start()
    } catch (error) {
      if (!(error instanceof LiveFailure) || error.trouble !== 'down') throw error
      this.#lost('interface down')
    }
    this.#watch = setInterval(() => this.#look(), watchMs)
  }

  /** Makes the next frame current, however long it takes; false when the capture was stopped. Octets of
   * the frames before may be overwritten. */
  async advance(): Promise<boolean> {
    for (;;) {
      if (this.file !== undefined) {
        if (await this.file.advance()) return true
        await this.#over(this.file)
      }
      if (this.#isStopping) return false
      await this.#again()
    }
  }

  /** Ends the capture with the packets that arrived until now, which may still be in the kernel's buffer. */
  stop(): void {
    if (this.#isStopping) return
    this.#stopMs = Date.now()
    this.#drain(-1)
    this.#wake?.()
  }

  /** Ends the program when nothing has come from it for as long as a packet may wait in the kernel's buffer:
   * what is in there when it ends is lost, and when we are behind that is much. */
  #drain(octetsBefore: number): void {
    if (!this.#options.engine.stampsArrival) {
      // it empties the kernel's buffer itself, and its times do not tell what came before
      this.#tool?.stop()
      return
    }
    const octets = this.file?.octetsRead ?? 0
    if (octets === octetsBefore && !this.hasFrame) {
      this.#tool?.stop()
      return
    }
    const waitMs = this.#options.settings.immediate ? retireImmediateMs : retireMs
    this.#stopTimer = setTimeout(() => this.#drain(octets), waitMs)
  }

  /** A frame of this time was handed on: when it came after the stop, nothing earlier is to come. */
  reached(timeUs: number): void {
    if (timeUs < this.#stopMs * 1000) return
    clearTimeout(this.#stopTimer)
    this.#tool?.stop()
  }

  async close(): Promise<void> {
    clearInterval(this.#watch)
    clearTimeout(this.#stopTimer)
    this.#stopMs = Math.min(this.#stopMs, Date.now())
    this.#wake?.()
    this.#tool?.stop()
    const { file } = this
    if (file !== undefined) await this.#over(file)
  }

  /** Brings the counts of `status` up to date. */
  count(): void {
    const { counts } = this.#tool ?? {}
    const { status } = this
    if (status.kernelDrops !== undefined) {
      status.kernelDrops = this.#before.kernel + (counts?.kernel ?? 0)
    }
    status.queueDrops = this.#before.queue + (counts?.queue ?? 0)
  }

  get #isStopping(): boolean {
    return this.#stopMs !== Number.POSITIVE_INFINITY
  }

  async #start(): Promise<void> {
    const { engine, name, order, settings } = this.#options
    const tool = await CaptureTool.start(engine, name, settings)
    this.#tool = tool
    const add: AddInterface = (_, linkType) => this.#addInterface(name, linkType)
    try {
      this.file = await CaptureFile.open(standardInput, order, this.#reader, add, tool.stream)
    } catch {
      // it ended before the first octets of the file: its words say why
      tool.stop()
      await tool.ended
      this.#tool = undefined
      throw new LiveFailure(
        'tool',
        `${name}: ${engine.name}: ${tool.words || 'no packets from it'}`,
      )
    }
    this.status.isUp = true
    this.#attempts = 0
    this.#gapOver()
  }

  /** The program has ended, asked or by itself. */
  async #over(file: CaptureFile): Promise<void> {
    if (this.file !== file) return
    const tool = this.#tool
    this.file = undefined
    await file.close()
    tool?.stop()
    await tool?.ended
    this.#tool = undefined
    if (tool !== undefined) {
      this.#before.kernel += tool.counts.kernel
      this.#before.queue += tool.counts.queue
    }
    this.count()
    this.status.isUp = false
    if (this.#isStopping) return
    const words = (tool?.words.split('\n').at(-1) ?? '').replace(/^\w+: (pcap_loop: )?/, '')
    this.#lost(words === '' ? 'the capture program ended' : words)
  }

  /** Waits, and tries once to start again. */
  async #again(): Promise<void> {
    const waitMs = backOffMs[Math.min(this.#attempts++, backOffMs.length - 1)] ?? 0
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, waitMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
    if (this.#isStopping) return
    try {
      await this.#start()
    } catch (error) {
      if (!(error instanceof LiveFailure)) throw error
    }
    // asked to end while it started
    if (this.#isStopping) this.#tool?.stop()
  }

  /** Looks after the interface, and asks for counts once a second. */
  #look(): void {
    const nowMs = Date.now()
    if (Math.abs(nowMs - this.#askedMs) >= countsMs) {
      this.#askedMs = nowMs
      this.#tool?.askCounts()
    }
    this.count()
    const { name } = this.#options
    if (name === anyInterface) return
    const before = this.#facts
    const now = interfaceFacts(name)
    this.#facts = now
    if (now === undefined) return // a program that lost its interface ends
    this.#countDrops(before, now)
    if (!now.isUp && this.#gap === undefined) {
      this.status.isUp = false
      this.#lost('interface down')
    } else if (now.isUp && this.#tool !== undefined) {
      const wasDown = before !== undefined && now.downCount > before.downCount
      if (wasDown && this.#gap === undefined) this.#lost('interface down')
      this.status.isUp = true
      this.#gapOver()
    } else if (now.isUp && before?.isUp !== true) {
      this.#attempts = 0
      this.#wake?.()
    }
  }

  #countDrops(before: InterfaceFacts | undefined, now: InterfaceFacts): void {
    // an interface that was made anew counts from nothing
    const from = before !== undefined && before.drops <= now.drops ? before.drops : 0
    this.status.interfaceDrops = (this.status.interfaceDrops ?? 0) + now.drops - from
  }

  #lost(why: string): void {
    if (this.#gap !== undefined) return
    const { status } = this
    this.#gap = { fromMs: Date.now(), toMs: undefined, why }
    status.gapCount++
    if (status.gaps.length < gapsKept) status.gaps.push(this.#gap)
    this.#options.notice(`${status.name}: ${why}; waiting for it`)
  }

  #gapOver(): void {
    if (this.#gap === undefined) return
    this.#gap.toMs = Date.now()
    const seconds = ((this.#gap.toMs - this.#gap.fromMs) / 1000).toFixed(1)
    this.#gap = undefined
    this.#options.notice(`${this.status.name}: captured again after ${seconds} s`)
  }
}

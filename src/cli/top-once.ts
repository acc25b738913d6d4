/** `tollgate top --once`: screens as text to standard output, for pipes, mails and cron. */

import { App } from '../dashboard/app.js'
import { leastWidth, screenLines } from '../dashboard/frame.js'
import type { Surface } from '../dashboard/host.js'
import { blank, type Line, lineText } from '../dashboard/line.js'
import { isList } from '../dashboard/scene.js'
import { paint } from '../dashboard/theme.js'
import { terminalText } from '../record/text.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure } from './fail.js'
import { TopHost } from './top-host.js'
import { TopMemory } from './top-memory.js'
import { type TopOptions, themeOf } from './top-options.js'
import type { Probe } from './top-source.js'

/** Lines of a list: a page of people's size, and all of an overview. */
const onceHeight = 60
const overviewHeight = 40
const waitMs = 20

export async function topOnce(
  call: Invocation,
  probe: Probe,
  chosen: TopOptions,
  nowMs: () => number,
): Promise<ExitCode> {
  const { options, terminal } = call
  const surface: Surface = {
    width: Math.max(leastWidth, terminal.columns === leastWidth ? 120 : terminal.columns),
    height: onceHeight,
    draw: () => undefined,
    repaint: () => undefined,
    bell: () => undefined,
    copy: () => undefined,
    suspend: () => undefined,
  }
  const host = new TopHost({
    options,
    terminal,
    nowMs,
    memory: new TopMemory(process.env),
    source: () => probe.source,
    numbers: probe.numbers,
    quit: () => undefined,
  })
  const app = new App(probe.source, host, surface, {
    ...chosen,
    utc: options.utc,
    bell: false,
    ...(options.filter === undefined ? {} : { filter: options.filter }),
  })
  const { scene } = app.stage
  const look = themeOf(options, process.env, terminal.colour)
  app.start()
  try {
    await Promise.race([until(() => ready(app)), failed(probe)])
    const { link, overview } = scene
    if (overview === undefined) throw notThere(link)
    for (const screen of chosen.screens) {
      app.stage.goTo(screen)
      if (isList(screen)) {
        const list = scene.lists[screen]
        delete list.page
        app.stage.refresh()
        await until(() => list.page !== undefined || list.trouble !== undefined)
      }
      scene.nowMs = nowMs()
      const height = screen === 'overview' ? overviewHeight : onceHeight
      const lines = screenLines(scene, surface.width, height)
      for (const line of textOf(lines)) {
        terminal.out.line(terminal.colour ? paint(line, look) : lineText(line).trimEnd())
      }
    }
  } finally {
    app.stop()
  }
  const damage = scene.overview?.file?.damage ?? []
  terminal.out.flush()
  for (const text of damage)
    terminal.talk(`tollgate: ${terminalText(text)}; results are up to there`)
  return damage.length > 0 ? exitCode.usage : exitCode.done
}

/** Without the line of keys; what is empty is one line at most. */
function textOf(lines: readonly Line[]): Line[] {
  const isEmpty = (line: Line | undefined) => lineText(line ?? blank).trim() === ''
  const shown = lines.slice(0, -1)
  while (shown.length > 0 && isEmpty(shown.at(-1))) shown.pop()
  return shown.filter((line, i) => !isEmpty(line) || !isEmpty(shown[i - 1]))
}

/** There is something to show, or there will not be. */
function ready(app: App): boolean {
  const { link, overview } = app.stage.scene
  if (overview === undefined) {
    return (
      link.why !== undefined ||
      link.state === 'lost' ||
      link.state === 'refused' ||
      link.state === 'closed'
    )
  }
  return overview.file === undefined || overview.file.done
}

/** Never resolves: rejects when reading the capture ended by a fault. */
async function failed({ running }: Probe): Promise<never> {
  await running
  return await new Promise<never>(() => undefined)
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise(resolve => setTimeout(resolve, waitMs))
}

function notThere(link: { where: string; why?: string }): Failure {
  const where = terminalText(link.where)
  const why = terminalText(link.why ?? 'no answer')
  if (why.includes('permission')) {
    return new Failure(exitCode.permission, `${where}: permission denied`, {
      hint: 'join group tollgate',
    })
  }
  return new Failure(exitCode.daemon, `no daemon on ${where}: ${why}`, {
    hint: 'systemctl start tollgated, or -r FILE',
  })
}

/** Fetches the rows that are on the screen, and keeps the focus on its row while the order changes under it. */

import type { RowKind, RowPage, RowQuery, RowsOf } from '../record/snapshot.js'
import { ViewError, type ViewSource } from '../record/view-source.js'
import { keyOf } from './list-columns.js'
import type { ListState, Scene } from './scene.js'

export function newList<K extends RowKind>(sort?: string, follow = false): ListState<K> {
  return {
    filter: '',
    ...(sort === undefined ? {} : { sort }),
    focus: 0,
    top: 0,
    selected: new Set(),
    follow,
    hidden: new Set(),
    scroll: 0,
  }
}

export class RowFetcher {
  readonly #scene: Scene
  readonly #source: () => ViewSource
  readonly #room: (kind: RowKind) => number
  readonly #changed: () => void
  readonly #running = new Set<RowKind>()
  readonly #again = new Set<RowKind>()

  /** `room`: rows of a list on the screen. */
  constructor(
    scene: Scene,
    source: () => ViewSource,
    room: (kind: RowKind) => number,
    changed: () => void,
  ) {
    this.#scene = scene
    this.#source = source
    this.#room = room
    this.#changed = changed
  }

  /** One question at a time for each list; the latest wish wins. */
  fetch(kind: RowKind): void {
    if (this.#running.has(kind)) {
      this.#again.add(kind)
      return
    }
    this.#running.add(kind)
    void this.#ask(kind).finally(() => {
      this.#running.delete(kind)
      if (this.#again.delete(kind)) this.fetch(kind)
    })
  }

  async #ask<K extends RowKind>(kind: K): Promise<void> {
    const list: ListState<K> = this.#scene.lists[kind]
    const { filter, sort, frozen } = list
    const query = this.#query(kind, list)
    try {
      const page = await this.#source().rows(kind, query)
      if (list.filter !== filter || list.sort !== sort || list.frozen !== frozen) return
      delete list.trouble
      if (frozen === undefined) {
        if (!this.#apply(kind, list, page, query.offset)) this.#again.add(kind)
      } else {
        applyFrozen(kind, list, page, frozen)
      }
    } catch (error) {
      if (!(error instanceof ViewError)) throw error
      // what was shown stays while the probe cannot be reached
      if (error.code !== 'lost') list.trouble = error.message
    }
    this.#changed()
  }

  #query<K extends RowKind>(kind: K, list: ListState<K>): RowQuery {
    const { filter, sort, frozen, key, follow } = list
    const room = this.#room(kind)
    if (frozen !== undefined) {
      return {
        filter: `flow in {${frozen.join(', ')}}`,
        offset: 0,
        limit: Math.max(1, frozen.length),
      }
    }
    const last =
      kind === 'log' && follow ? Math.max(0, (list.page?.total ?? 0) - 2 * room) : list.top - room
    return {
      ...(filter === '' ? {} : { filter }),
      ...(sort === undefined ? {} : { sort }),
      offset: Math.max(0, last),
      limit: room * 3,
      ...(key === undefined || follow ? {} : { key }),
    }
  }

  /** False when the rows that must be on the screen now were not among those that came. */
  #apply<K extends RowKind>(
    kind: K,
    list: ListState<K>,
    page: RowPage<RowsOf[K]>,
    offset: number,
  ): boolean {
    const { rows, shown, total, key_index: index } = page
    const room = this.#room(kind)
    list.page = { rows, offset, shown, total }
    if (list.follow) {
      list.focus = kind === 'log' ? Math.max(0, shown - 1) : 0
      list.top = kind === 'log' ? Math.max(0, shown - room) : 0
    } else if (index !== undefined && index !== list.focus) {
      list.top += index - list.focus
      list.focus = index
    }
    list.focus = Math.max(0, Math.min(list.focus, shown - 1))
    keepInSight(list, room)
    const row = rows[list.focus - offset]
    if (row === undefined) delete list.key
    else list.key = keyOf[kind](row)
    const first = list.top
    const needed = Math.min(shown, list.top + room)
    return shown === 0 || (first >= offset && needed <= offset + rows.length)
  }
}

/** The order stays that of the keys; the values are new. */
function applyFrozen<K extends RowKind>(
  kind: K,
  list: ListState<K>,
  page: RowPage<RowsOf[K]>,
  frozen: readonly string[],
): void {
  if (list.page === undefined) return
  const byKey = new Map(page.rows.map(row => [keyOf[kind](row), row]))
  const before = new Map(list.page.rows.map(row => [keyOf[kind](row), row]))
  const rows = frozen.flatMap(key => byKey.get(key) ?? before.get(key) ?? [])
  list.page = { ...list.page, rows, total: page.total }
}

/** The top row moved as little as brings the focus on the screen. */
export function keepInSight(list: ListState, room: number): void {
  const shown = list.page?.shown ?? 0
  list.top = Math.max(0, Math.min(list.top, list.focus, Math.max(0, shown - room)))
  if (list.focus >= list.top + room) list.top = list.focus - room + 1
}

/** The focus `by` rows down; negative: up. */
export function moveFocus<K extends RowKind>(
  kind: K,
  list: ListState<K>,
  by: number,
  room: number,
): void {
  const { page } = list
  if (page === undefined || page.shown === 0) return
  list.follow = false
  const frozen = list.frozen !== undefined
  const first = frozen ? page.offset : 0
  const last = frozen ? page.offset + page.rows.length - 1 : page.shown - 1
  list.focus = Math.max(first, Math.min(last, list.focus + by))
  keepInSight(list, room)
  const row = page.rows[list.focus - page.offset]
  if (row === undefined) delete list.key
  else list.key = keyOf[kind](row)
}

/** Another filter or order: from the top, the rows of before stay until the new ones are there. */
export function restart(list: ListState): void {
  list.top = 0
  list.focus = 0
  delete list.key
  delete list.frozen
  delete list.trouble
}

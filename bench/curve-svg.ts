/** Curves over a logarithmic axis as an SVG picture, beside each other with one common vertical axis from 0. */

export interface Curve {
  title: string
  /** name of the horizontal axis */
  x: string
  /** x, y; x ascending and above 0 */
  points: readonly (readonly [number, number])[]
}

const width = 420
const height = 260
const margin = { left: 60, right: 20, top: 40, bottom: 45 }

/** A round number at or above `value`: 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map(n => n * power).find(n => n >= value) ?? value
}

/** 1,000 as 10^3. */
function powerText(exponent: number): string {
  return `10<tspan dy="-5" font-size="9">${exponent}</tspan>`
}

export function curvesSvg(y: string, curves: readonly Curve[]): string {
  const drawn = curves.filter(curve => curve.points.length > 0)
  const top = roundUp(Math.max(1, ...drawn.flatMap(curve => curve.points.map(([, v]) => v))))
  const panels = drawn.map((curve, i) => panel(curve, i * width, top, i === 0 ? y : ''))
  const all = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width * drawn.length}" height="${height}"`,
    ' font-family="sans-serif" font-size="12">',
    `<rect width="100%" height="100%" fill="white"/>`,
    ...panels,
    '</svg>',
  ]
  return `${all.join('\n')}\n`
}

function panel(curve: Curve, left: number, top: number, y: string): string {
  const xs = curve.points.map(([x]) => Math.log10(x))
  const from = Math.floor(Math.min(...xs))
  const to = Math.max(from + 1, Math.ceil(Math.max(...xs)))
  const right = width - margin.right
  const bottom = height - margin.bottom
  const placeX = (log: number): number =>
    margin.left + ((log - from) / (to - from)) * (right - margin.left)
  const placeY = (v: number): number => bottom - (v / top) * (bottom - margin.top)
  const parts: string[] = []
  for (let n = 0; n <= 4; n++) {
    const at = placeY((top * n) / 4)
    parts.push(`<path d="M${margin.left} ${at}H${right}" stroke="#ddd"/>`)
    const text = ((top * n) / 4).toLocaleString('en')
    parts.push(`<text x="${margin.left - 6}" y="${at + 4}" text-anchor="end">${text}</text>`)
  }
  for (let e = from; e <= to; e++) {
    parts.push(
      `<text x="${placeX(e)}" y="${bottom + 18}" text-anchor="middle">${powerText(e)}</text>`,
    )
  }
  const line = curve.points.map(([x, v]) => `${placeX(Math.log10(x))},${placeY(v)}`)
  parts.push(`<polyline points="${line.join(' ')}" fill="none" stroke="#1f5fa8" stroke-width="2"/>`)
  for (const at of line) {
    const [cx, cy] = at.split(',')
    parts.push(`<circle cx="${cx}" cy="${cy}" r="3" fill="#1f5fa8"/>`)
  }
  const middle = (margin.left + right) / 2
  parts.push(`<text x="${middle}" y="22" text-anchor="middle">${curve.title}</text>`)
  parts.push(`<text x="${middle}" y="${height - 8}" text-anchor="middle">${curve.x}</text>`)
  if (y !== '') {
    const middleY = (margin.top + bottom) / 2
    parts.push(
      `<text transform="translate(14 ${middleY}) rotate(-90)" text-anchor="middle">${y}</text>`,
    )
  }
  return `<g transform="translate(${left} 0)">\n${parts.join('\n')}\n</g>`
}

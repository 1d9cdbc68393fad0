// Plots as SVG, as few kinds as the results need: panels of lines over a logarithmic axis, and bars of ratios.

import { digits } from './digits.ts'

export interface Line {
  readonly label: string
  readonly color: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Panel {
  readonly title: string
  readonly xLabel: string
  readonly lines: readonly Line[]
}

export const ottlaColor = '#0b6e99'
export const kafkaColor = '#d9730d'

const panelWidth = 360
const panelHeight = 280
const margin = { left: 64, right: 36, top: 44, bottom: 48 }
const plotWidth = panelWidth - margin.left - margin.right
const plotHeight = panelHeight - margin.top - margin.bottom
const legendHeight = 28

/** Both axes are logarithmic: what grows and what it costs span decades. */
export function linePlot(title: string, panels: readonly Panel[]): string {
  const legend = (panels[0]?.lines ?? []).map(
    ({ label, color }, index) =>
      `<rect x="${margin.left + index * 140}" y="10" width="12" height="12" fill="${color}"/>` +
      text(margin.left + index * 140 + 18, 20, label, 'start'),
  )
  const drawn = panels.map(
    (panel, index) => `<g transform="translate(${index * panelWidth} ${legendHeight})">${panelOf(panel)}</g>`,
  )
  return page(title, panels.length * panelWidth, panelHeight + legendHeight, [...legend, ...drawn])
}

function panelOf({ title, xLabel, lines }: Panel): string {
  const points = lines.flatMap((line) => line.points).filter(([, y]) => y > 0)
  const x = logScale(
    points.map(([value]) => value),
    margin.left,
    margin.left + plotWidth,
  )
  const y = logScale(
    points.map(([, value]) => value),
    margin.top + plotHeight,
    margin.top,
  )
  const grid = [
    ...x.ticks.map((tick) => gridLine(x.at(tick), margin.top, x.at(tick), margin.top + plotHeight)),
    ...y.ticks.map((tick) => gridLine(margin.left, y.at(tick), margin.left + plotWidth, y.at(tick))),
    ...x.ticks.map((tick) => text(x.at(tick), margin.top + plotHeight + 18, digits(tick), 'middle')),
    ...y.ticks.map((tick) => text(margin.left - 8, y.at(tick) + 4, digits(tick), 'end')),
  ]
  const drawn = lines.map(({ color, points: all }) => {
    const places = all
      .filter(([, value]) => value > 0)
      .map(([at, value]) => `${round(x.at(at))},${round(y.at(value))}`)
    const dots = places.map((place) => `<circle cx="${place.replace(',', '" cy="')}" r="3" fill="${color}"/>`)
    return `<polyline points="${places.join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>${dots.join('')}`
  })
  const middle = margin.left + plotWidth / 2
  return [
    text(middle, margin.top - 16, title, 'middle'),
    text(middle, margin.top + plotHeight + 38, xLabel, 'middle'),
    ...grid,
    ...drawn,
  ].join('')
}

interface Scale {
  readonly ticks: readonly number[]
  at(value: number): number
}

/** From the power of ten below the smallest value to the one above the largest. */
function logScale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
  }
}

export interface Bar {
  readonly label: string
  /** Of Ottla's median to Apache Kafka's. */
  readonly ratio: number
}

const barHeight = 20
const barsLeft = 330
const barsWidth = 440
const decadesEachWay = 2

/** To the left of the middle Ottla has the smaller value. The axis is logarithmic and ends at a hundredfold. */
export function ratioBars(title: string, bars: readonly Bar[]): string {
  const height = bars.length * barHeight + 56
  const at = (ratio: number) => {
    const decades = Math.max(-decadesEachWay, Math.min(decadesEachWay, Math.log10(ratio)))
    return barsLeft + ((decades + decadesEachWay) / (2 * decadesEachWay)) * barsWidth
  }
  const ticks = Array.from({ length: 2 * decadesEachWay + 1 }, (_, index) => 10 ** (index - decadesEachWay))
  const grid = ticks.flatMap((tick) => [
    gridLine(at(tick), 30, at(tick), height - 16),
    text(at(tick), 22, `${tick} ×`, 'middle'),
  ])
  const drawn = bars.map(({ label, ratio }, index) => {
    const top = 36 + index * barHeight
    const [left, right] = [Math.min(at(1), at(ratio)), Math.max(at(1), at(ratio))]
    const place = `x="${round(left)}" y="${top + 3}" width="${round(right - left)}" height="${barHeight - 6}"`
    return `${text(barsLeft - 10, top + 13, label, 'end')}<rect ${place} fill="${ottlaColor}"/>`
  })
  return page(title, barsLeft + barsWidth + 40, height, [...grid, ...drawn])
}

function page(title: string, width: number, height: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    ' font-family="system-ui, sans-serif" font-size="12" fill="#333">',
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n')
}

function gridLine(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="#ddd"/>`
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end'): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${escaped}</text>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

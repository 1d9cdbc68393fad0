// A priority queue: the least element by `compare` comes first. Pushing and popping take logarithmic time.

export class Heap<T> {
  readonly #elements: T[] = []
  readonly #compare: (a: T, b: T) => number

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare
  }

  get size(): number {
    return this.#elements.length
  }

  peek(): T | undefined {
    return this.#elements[0]
  }

  push(element: T): void {
    const elements = this.#elements
    let at = elements.push(element) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#compare(elements[parent]!, element) <= 0) break
      elements[at] = elements[parent]!
      at = parent
    }
    elements[at] = element
  }

  pop(): T | undefined {
    const elements = this.#elements
    const first = elements[0]
    const last = elements.pop()
    if (last !== undefined && elements.length > 0) this.#sink(last)
    return first
  }

  /** Puts `element` where it belongs, from the free root downwards. */
  #sink(element: T): void {
    const elements = this.#elements
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= elements.length) break
      if (child + 1 < elements.length && this.#compare(elements[child + 1]!, elements[child]!) < 0) child++
      if (this.#compare(element, elements[child]!) <= 0) break
      elements[at] = elements[child]!
      at = child
    }
    elements[at] = element
  }
}

// The index files of sealed segments, as far as readers need them, bounded in bytes. Dropping an entry costs
// one file read later, never an answer.

export class IndexCache {
  readonly #bytesMax: number
  /** By path, least recently used first. */
  readonly #indexes = new Map<string, Uint8Array>()
  #bytes = 0

  constructor(options: { bytesMax: number }) {
    this.#bytesMax = options.bytesMax
  }

  /** The cached bytes, or what `load` reads. Two readers at once may both load; the later result stays. */
  async get(path: string, load: () => Promise<Uint8Array>): Promise<Uint8Array> {
    const cached = this.#indexes.get(path)
    if (cached !== undefined) {
      this.#indexes.delete(path)
      this.#indexes.set(path, cached)
      return cached
    }
    const loaded = await load()
    this.forget(path)
    this.#indexes.set(path, loaded)
    this.#bytes += loaded.length
    for (const oldest of this.#indexes.keys()) {
      if (this.#bytes <= this.#bytesMax) break
      this.forget(oldest)
    }
    return loaded
  }

  /** To be called when the file changes or goes. */
  forget(path: string): void {
    this.#bytes -= this.#indexes.get(path)?.length ?? 0
    this.#indexes.delete(path)
  }
}

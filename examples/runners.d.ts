// What the examples use of Vitest and Jest, which this repository does not install.

declare module 'vitest' {
  export function test(name: string, body: () => Promise<void>): void
  export function beforeEach(body: () => Promise<void>): void
  export function afterAll(body: () => Promise<void>): void
  export function expect(value: unknown): {
    toMatchObject(expected: unknown): void
    toHaveLength(length: number): void
  }
}

declare module '@jest/globals' {
  export function test(name: string, body: () => Promise<void>): void
  export function beforeAll(body: () => Promise<void>): void
  export function beforeEach(body: () => Promise<void>): void
  export function afterAll(body: () => Promise<void>): void
  export function expect(value: unknown): {
    toMatchObject(expected: unknown): void
    toHaveLength(length: number): void
  }
}

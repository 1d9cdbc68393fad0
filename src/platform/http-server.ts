// A small HTTP server for this machine only: whole requests in, whole responses out. Requests of web pages are refused:
// a browser on this machine would carry them here from anywhere.

import { createServer, type IncomingMessage } from 'node:http'
import type { Outcome } from '../env/env.ts'

export interface HttpRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly query: URLSearchParams
  readonly body: string
}

export interface HttpResponse {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export interface HttpServer {
  /** The port in use, the drawn one when 0 was asked for. */
  readonly port: number
  close(): Promise<void>
}

const host = '127.0.0.1'
const bodyBytesMax = 1024 * 1024

/** Listens on the loopback address. The message of a failure names the port. */
export function serveHttp(
  port: number,
  handle: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<Outcome<HttpServer, string>> {
  const server = createServer(async (message, answer) => {
    const { status, contentType, body } = await respond(message, handle)
    answer.writeHead(status, { 'content-type': contentType }).end(body)
  })
  return new Promise((resolve) => {
    server.once('error', (error) =>
      resolve({ ok: false, error: `cannot listen on ${host}:${port}: ${error.message}` }),
    )
    server.listen(port, host, () => {
      const address = server.address()
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed())
          server.closeAllConnections()
        })
      resolve({ ok: true, value: { port: typeof address === 'object' ? address!.port : port, close } })
    })
  })
}

async function respond(
  message: IncomingMessage,
  handle: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  if (message.headers.origin !== undefined) return text(403, 'web pages may not come here')
  const body = await bodyOf(message)
  if (body === undefined) return text(413, `a body has at most ${bodyBytesMax} bytes`)
  const url = new URL(message.url ?? '/', `http://${host}`)
  return handle({ method: message.method ?? 'GET', path: url.pathname, query: url.searchParams, body })
}

/** Undefined: it is too long. */
async function bodyOf(message: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bodyBytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function text(status: number, body: string): HttpResponse {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${body}\n` }
}

// A logger is a name and a sink. The names are Kafka's (`kafka.server.KafkaApis`), so that an operator's
// filters carry over; where lines go and which levels pass is the sink's business.

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

export interface LogSink {
  write(level: LogLevel, logger: string, message: string, fields?: object): void
}

export class Logger {
  readonly name: string
  readonly #sink: LogSink

  constructor(name: string, sink: LogSink) {
    this.name = name
    this.#sink = sink
  }

  /** A logger of another name that writes to the same sink. */
  named(name: string): Logger {
    return new Logger(name, this.#sink)
  }

  debug(message: string, fields?: object): void {
    this.#sink.write('debug', this.name, message, fields)
  }

  info(message: string, fields?: object): void {
    this.#sink.write('info', this.name, message, fields)
  }

  warn(message: string, fields?: object): void {
    this.#sink.write('warn', this.name, message, fields)
  }

  error(message: string, fields?: object): void {
    this.#sink.write('error', this.name, message, fields)
  }

  fatal(message: string, fields?: object): void {
    this.#sink.write('fatal', this.name, message, fields)
  }
}

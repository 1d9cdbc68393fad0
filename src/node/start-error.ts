// Why a node does not start, in one line for the person who typed the command.

export class StartError extends Error {
  override readonly name = 'StartError'
}
